// Starts two children that ignore SIGTERM: one in its own group, one detached by setsid; prints all pids as JSON.
import { spawn } from 'node:child_process'

const stubborn =
  'process.on("SIGTERM", () => undefined); setInterval(() => undefined, 1 << 30); process.stdout.write("up")'
const children = [false, true].map((detached) =>
  spawn(process.execPath, ['-e', stubborn], { detached, stdio: ['ignore', 'pipe', 'inherit'] }),
)
await Promise.all(children.map((child) => new Promise((resolve) => child.stdout.once('data', resolve))))
console.log(JSON.stringify([process.pid, ...children.map((child) => child.pid)]))
