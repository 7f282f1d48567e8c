import { expect, it } from 'vitest'

import { parsePortInUse } from './port-in-use.ts'

it.each([
  ['Go', 'listen tcp :8080: bind: address already in use', 8080],
  ['Go with log prefix', '2024/05/01 10:20:30 listen tcp 127.0.0.1:8081: bind: address already in use', 8081],
  ['Go IPv6', 'panic: listen tcp6 [::1]:8082: bind: address already in use', 8082],
  ['Gin', '[GIN-debug] [ERROR] listen tcp :8080: bind: address already in use', 8080],
  [
    'Go on Windows',
    'listen tcp :8080: bind: Only one usage of each socket address (protocol/network address/port) is normally permitted.',
    8080,
  ],
  [
    'Node',
    'Error: listen EADDRINUSE: address already in use :::3000\n    at Server.setupListenHandle (node:net:1898:16)',
    3000,
  ],
  ['Node IPv4', 'Error: listen EADDRINUSE: address already in use 127.0.0.1:3001', 3001],
  [
    'Node object',
    "  code: 'EADDRINUSE',\n  errno: -98,\n  syscall: 'listen',\n  address: '::',\n  port: 3002\n}",
    3002,
  ],
  ['Node in colour', '\u001b[31mError: listen EADDRINUSE: address already in use :::3003\u001b[39m', 3003],
  [
    'uvicorn',
    "ERROR:    [Errno 98] error while attempting to bind on address ('127.0.0.1', 8000): address already in use",
    8000,
  ],
  [
    'asyncio IPv6',
    "[Errno 98] error while attempting to bind on address ('::1', 8001, 0, 0): address already in use",
    8001,
  ],
  ['Flask', 'Address already in use\nPort 5000 is in use by another program.', 5000],
  ['Spring', 'Web server failed to start. Port 8083 was already in use.', 8083],
  ['Puma', 'Address already in use - bind(2) for "127.0.0.1" port 3004 (Errno::EADDRINUSE)', 3004],
  ['Kestrel', 'Failed to bind to address http://127.0.0.1:5001: address already in use.', 5001],
  ['PHP', 'Failed to listen on localhost:8004 (reason: Address already in use)', 8004],
  [
    'zap JSON',
    '{"level":"fatal","ts":1700000000.1,"msg":"serve","error":"listen tcp :8085: bind: address already in use"}',
    8085,
  ],
  [
    'the last of several',
    'listen tcp :1: bind: address already in use\nlisten tcp :2: bind: address already in use',
    2,
  ],
])('finds the port in what %s says', (_, output, port) => {
  expect(parsePortInUse(output)).toBe(port)
})

it.each([
  ['nothing of the kind', 'listening on :8080'],
  ['no port', 'java.net.BindException: Address already in use (Bind failed)'],
  ['a port that is none', 'listen tcp :99999: bind: address already in use'],
])('finds none in %s', (_, output) => {
  expect(parsePortInUse(output)).toBeUndefined()
})
