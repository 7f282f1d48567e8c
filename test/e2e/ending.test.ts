import { describe, expect, it } from 'vitest'
import { describeWithGo } from '../support/needs.ts'
import { goApp, nodeApp, nodeMain } from './support/apps.ts'
import { Hotlane, text, workspace } from './support/hotlane.ts'
import { accepts, isAlive } from './support/processes.ts'

const anyPort = { args: ['--listen', '127.0.0.1:0'] }
const ignoring = `for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => undefined)`

function yaml(settings: string): Readonly<Record<string, string>> {
  return { 'hotlane.yaml': `services:\n  app: { ${settings} }\n` }
}

describeWithGo('after failed builds', () => {
  it('P4: Ctrl-C ends with 130, frees the port and leaves no process', async () => {
    await using app = await workspace(goApp('v1'))
    await using hotlane = new Hotlane(app.directory, anyPort)
    const { report } = await hotlane.switched(1)
    await app.write('main.go', 'package main\n\nfunc main() { one }\n')
    await hotlane.until('build.failed')
    const { seq } = hotlane
    await app.write('main.go', 'package main\n\nfunc main() { two }\n')
    await hotlane.until('build.failed', { after: seq })
    hotlane.signal('SIGINT')
    expect(await hotlane.exited).toEqual({ code: 130, signal: null })
    expect(isAlive(report.pid)).toBe(false)
    expect(await accepts(await hotlane.url())).toBe(false)
  })
})

describe('Ctrl-C', () => {
  it('P5: kills an app that ignores signals after its grace', async () => {
    await using app = await workspace({ ...nodeApp('v1', ignoring), ...yaml('grace: 300ms') })
    await using hotlane = new Hotlane(app.directory, anyPort)
    const { report } = await hotlane.switched(1)
    hotlane.signal('SIGINT')
    expect(await hotlane.exited).toEqual({ code: 130, signal: null })
    expect(isAlive(report.pid)).toBe(false)
    expect(hotlane.all('instance.stopped')).toMatchObject([{ killed: true }])
  })

  it('P5: the second one does not wait for the grace', async () => {
    await using app = await workspace({ ...nodeApp('v1', ignoring), ...yaml('grace: 10m') })
    await using hotlane = new Hotlane(app.directory, anyPort)
    const { report } = await hotlane.switched(1)
    hotlane.signal('SIGINT')
    await hotlane.until('session.stopping')
    hotlane.signal('SIGINT')
    expect(await hotlane.exited).toEqual({ code: 130, signal: null })
    expect(isAlive(report.pid)).toBe(false)
  })

  it('P5: ends the running build too', async () => {
    await using app = await workspace({
      'server.mjs': nodeMain('v1'),
      ...yaml(`build: "echo pid=$$; exec sleep 600", run: [node, server.mjs]`),
    })
    await using hotlane = new Hotlane(app.directory, anyPort)
    const { line } = await hotlane.until('build.output', { where: (event) => event.line.startsWith('pid=') })
    const pid = Number(line.slice('pid='.length))
    expect(isAlive(pid)).toBe(true)
    hotlane.signal('SIGINT')
    expect(await hotlane.exited).toEqual({ code: 130, signal: null })
    expect(isAlive(pid)).toBe(false)
  })

  it('runs the exit hooks while the app still answers', async () => {
    await using app = await workspace({
      ...nodeApp('v1'),
      'hook.mjs': `const answer = await fetch(process.argv[2]).then((response) => response.text())
import { writeFileSync } from 'node:fs'
writeFileSync('answer', answer)
`,
    })
    const hotlane = new Hotlane(app.directory, anyPort)
    const url = await hotlane.url()
    await hotlane.switched(1)
    await app.write(
      'hotlane.yaml',
      `services: { app: {} }\nhooks: { exit: "node hook.mjs ${url}" }\nlisten: "${url.slice('http://'.length)}"\n`,
    )
    await hotlane.until('project.loaded', { where: ({ source }) => source.endsWith('hotlane.yaml') })
    hotlane.signal('SIGINT')
    await hotlane.exited
    const { readFile } = await import('node:fs/promises')
    expect(await readFile(app.path('answer'), 'utf8')).toBe('v1')
  })
})

describe('stopping the replaced instance', () => {
  it('P6: does not wait for the grace where the app exits earlier', async () => {
    const slow = `process.on('SIGTERM', () => setTimeout(() => process.exit(0), 100))`
    await using app = await workspace({ ...nodeApp('v1', slow), ...yaml('grace: 10m') })
    await using hotlane = new Hotlane(app.directory, anyPort)
    await hotlane.switched(1)
    await app.write('server.mjs', nodeMain('v2', slow))
    const stopped = await hotlane.until('instance.stopped')
    expect(stopped).toMatchObject({ release: 1, killed: false, exit: { code: 0, signal: null } })
  })

  it('P7: kills it after the grace where it ignores SIGTERM, and the switch has not waited for that', async () => {
    await using app = await workspace({ ...nodeApp('v1', ignoring), ...yaml('grace: 500ms') })
    await using hotlane = new Hotlane(app.directory, anyPort)
    await hotlane.switched(1)
    await app.write('server.mjs', nodeMain('v2'))
    const switched = await hotlane.switched(2)
    const stopped = await hotlane.until('instance.stopped')
    expect(stopped).toMatchObject({ release: 1, killed: true })
    expect(switched.seq).toBeLessThan(stopped.seq)
  })

  it('P8: ends children, one of them behind a shell, one detached', async () => {
    const family = `import { spawn } from 'node:child_process'
const quiet = { stdio: 'ignore' }
const children = [spawn('/bin/sh', ['-c', 'sleep 600; true'], quiet), spawn('sleep', ['600'], { ...quiet, detached: true })]
console.log('children ' + children.map((child) => child.pid).join(' '))`
    await using app = await workspace({ ...nodeApp('v1', family), ...yaml('run: "node server.mjs; true"') })
    await using hotlane = new Hotlane(app.directory, anyPort)
    await hotlane.switched(1)
    const { line } = await hotlane.until('instance.output', { where: (event) => event.line.startsWith('children ') })
    const children = line.split(' ').slice(1).map(Number)
    expect(children.map(isAlive)).toEqual([true, true])
    hotlane.signal('SIGINT')
    await hotlane.exited
    await expect.poll(() => children.map(isAlive)).toEqual([false, false])
  })
})

describe('a hotlane that was killed with -9', () => {
  it('P9: is followed by one that ends what is left and takes the port', async () => {
    await using app = await workspace(nodeApp('v1'))
    const killed = new Hotlane(app.directory, anyPort)
    const { report } = await killed.switched(1)
    const address = (await killed.url()).slice('http://'.length)
    killed.signal('SIGKILL')
    await killed.exited
    expect(isAlive(report.pid)).toBe(true)
    await using next = new Hotlane(app.directory, { args: ['--listen', address] })
    expect(await next.until('orphan.reaped')).toMatchObject({ pid: report.pid, service: 'app' })
    await next.switched(1)
    expect(isAlive(report.pid)).toBe(false)
    expect(await text(`http://${address}`)).toBe('v1')
  })

  it('takes the helper that starts instances beside a running one with it', async () => {
    const telling = `console.log('parent ' + process.ppid)`
    await using app = await workspace(nodeApp('v1', telling))
    const killed = new Hotlane(app.directory, anyPort)
    const { seq } = await killed.switched(1)
    await app.write('server.mjs', nodeMain('v2', telling))
    const { line } = await killed.until('instance.output', {
      after: seq,
      where: (event) => event.line.startsWith('parent '),
    })
    await killed.switched(2)
    const helper = Number(line.split(' ')[1])
    expect(helper).not.toBe(killed.pid)
    expect(isAlive(helper)).toBe(true)
    killed.signal('SIGKILL')
    await killed.exited
    await expect.poll(() => isAlive(helper)).toBe(false)
    await using next = new Hotlane(app.directory, anyPort)
    await next.until('orphan.reaped')
  })

  it('is told from one that is alive: a second hotlane in the same project is refused', async () => {
    await using app = await workspace(nodeApp('v1'))
    await using first = new Hotlane(app.directory, anyPort)
    await first.switched(1)
    const second = new Hotlane(app.directory, anyPort)
    expect(await second.exited).toEqual({ code: 1, signal: null })
    expect(second.stderr).toContain('HL7002')
    expect(await text(await first.url())).toBe('v1')
  })
})

describe('SIGHUP', () => {
  it('restarts gracefully with the settings read again', async () => {
    const env = `const tag = process.env.TAG ?? 'none'`
    const app = await workspace({
      'package.json': '{ "main": "server.mjs", "name": "app" }',
      'server.mjs': nodeMain('v1', env).replace('response.end(version)', 'response.end(tag)'),
      ...yaml('env: { TAG: one }'),
    })
    await using _app = app
    await using hotlane = new Hotlane(app.directory, anyPort)
    await hotlane.switched(1)
    expect(await text(await hotlane.url())).toBe('one')
    hotlane.signal('SIGHUP')
    await hotlane.switched(2)
    expect(hotlane.all('service.switched').map(({ report }) => report.lost)).toEqual([0, 0])
  })
})
