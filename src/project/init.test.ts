import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Project } from '../model/project.ts'
import { writeInit } from './init.ts'
import { ginMain, load, trees } from '../../test/project/tree.ts'

const tree = trees()
const base = { 'go.mod': 'module example.com/shop\n', 'main.go': ginMain }
const options = { platform: 'linux', env: {} } as const

/** What must survive the way through hotlane.yaml. */
function meaning({ services, watch, limits, atStart, atExit, quiet, clearOnRebuild }: Project): object {
  return { services, watch, limits, atStart, atExit, quiet, clearOnRebuild }
}

describe('writeInit writes what means the same', () => {
  test.each([
    ['.air.toml', ''],
    [
      '.air.toml',
      `root = "src"
tmp_dir = "out"
env_files = [".env"]
[proc]
name = "api"
[build]
cmd = "CGO_ENABLED=0 go build -tags x -o out/main ./src"
full_bin = "A='x y' B=2 ./out/main --p \\"q r\\""
args_bin = ["1", "a b", ""]
pre_cmd = ["gen"]
post_cmd = ["echo bye"]
exclude_dir = ["assets", "web"]
exclude_regex = ["_test.go", "(?i)mock"]
include_dir = ["a", "../lib"]
send_interrupt = true
kill_delay = "1500ms"
poll = true
poll_interval = 250
delay = 10
[[build.rules]]
cmd = "tailwind"
include_dir = ["web/css"]
exclude_regex = ["x$"]
[log]
silent = true
[screen]
clear_on_rebuild = true
[proxy]
enabled = true
proxy_port = 8090
app_port = 8080
app_start_timeout = 1500
`,
    ],
    ['.config/air.toml', '[build]\ncmd = "make && true"\nfull_bin = "true && ./tmp/main"\n'],
    ['.air.conf', '[build]\nbin = "dlv exec ./tmp/main"\nentrypoint = ["dlv", "exec", "./tmp/main"]\n'],
    ['air.conf.json', '{ "cmd": "make", "bin": "bin/x a", "delay": 5, "logs": true }'],
    ['runner.conf', 'root: ./src\nmy_key: on\nbuild_delay: 700\nignored: a, b\n'],
    [
      '.realize.yaml',
      `settings: { legacy: { force: true, interval: 100ms } }
schema:
- name: a
  path: srv/a
  env: { K: "1" }
  args: [--x=1]
  commands: { vet: { status: true }, build: { status: true, dir: sub, args: [-race] }, run: { status: true } }
  watcher:
    extensions: [go]
    hidden: true
    ignored_paths: [gen]
    scripts:
    - { type: before, command: b, path: p }
    - { type: after, command: c, global: true, path: q }
- name: b
  commands: { build: { status: true, method: make x }, run: { status: true, method: bin/b } }
`,
    ],
    ['package.json', '{ "name": "web", "scripts": { "start": "node dist/x.js", "build": "tsc" } }'],
    ['main.go', ginMain],
  ])('%s %#', async (file, text) => {
    const root = tree({ ...(file === 'package.json' ? {} : base), 'lib/x': '', [file]: text })
    const before = await load(root)
    const written = await writeInit(root, options)
    expect(written.file).toBe(path.join(root, 'hotlane.yaml'))
    expect(written.notes).toEqual(before.project.notes)
    const after = await load(root)
    expect(after.project.source).toEqual({ kind: 'hotlane', file: 'hotlane.yaml' })
    expect(meaning(after.project)).toEqual(meaning(before.project))
    expect(readFileSync(path.join(root, file), 'utf8')).toBe(text)
  })

  test('of several services too', async () => {
    const root = tree({
      'a/go.mod': 'module a\n',
      'a/main.go': ginMain,
      'b/package.json': '{"scripts":{"start":"node x.js"}}',
    })
    const before = await load(root)
    await writeInit(root, options)
    expect(meaning((await load(root)).project)).toEqual(meaning(before.project))
  })

  test('and never over a file that exists', async () => {
    const root = tree({ ...base, 'hotlane.yaml': '# mine\n' })
    await expect(writeInit(root, options)).rejects.toMatchObject({ code: 'HL1006' })
    expect(readFileSync(path.join(root, 'hotlane.yaml'), 'utf8')).toBe('# mine\n')
    const other = tree({ ...base, 'hotlane.yml': '' })
    await expect(writeInit(other, options)).rejects.toMatchObject({
      code: 'HL1006',
      message: 'hotlane.yml exists already',
    })
  })

  test('and nothing where the foreign file is wrong', async () => {
    const root = tree(base)
    writeFileSync(path.join(root, '.air.toml'), '[build]\ndelay = "x"\n')
    await expect(writeInit(root, options)).rejects.toMatchObject({ code: 'HL1004' })
    expect(existsSync(path.join(root, 'hotlane.yaml'))).toBe(false)
  })
})
