import { rm } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { describeWithGo } from '../support/needs.ts'
import { goApp, goMain, nodeApp, nodeMain } from './support/apps.ts'
import { Hotlane, text, workspace } from './support/hotlane.ts'

const anyPort = { args: ['--listen', '127.0.0.1:0'] }

describe('env files', () => {
  const show = nodeMain('v1').replace(
    'response.end(version)',
    "response.end([process.env.A, process.env.B, process.env.REAL].join(' '))",
  )
  const app = {
    'package.json': '{ "name": "app", "main": "server.mjs" }',
    'server.mjs': show,
    'hotlane.yaml': 'services: { app: { envFiles: [.env, .env.local] } }\n',
    '.env': 'A=one\nB=one\nREAL=file\n',
    '.env.local': 'B=two\n',
  }
  const options = { ...anyPort, env: { REAL: 'real' } }

  it('P14: a later file wins, the real environment wins over both', async () => {
    await using project = await workspace(app)
    await using hotlane = new Hotlane(project.directory, options)
    await hotlane.switched(1)
    expect(await text(await hotlane.url())).toBe('one two real')
  })

  it('P14: an update, a removed line and a removed file alone start a new instance', async () => {
    await using project = await workspace(app)
    await using hotlane = new Hotlane(project.directory, options)
    await hotlane.switched(1)
    await project.write('.env', 'A=three\nREAL=file\n')
    await hotlane.switched(2)
    expect(await text(await hotlane.url())).toBe('three two real')
    await rm(project.path('.env.local'))
    await hotlane.switched(3)
    expect(await text(await hotlane.url())).toBe('three  real')
    expect(hotlane.all('service.switched').map(({ report }) => report.lost)).toEqual([0, 0, 0])
  })

  it('P14: a line that is none is told with its place, and the rest is read', async () => {
    await using project = await workspace({ ...app, '.env': 'A=one\n%%%\nB=kept\n', '.env.local': '' })
    await using hotlane = new Hotlane(project.directory, options)
    await hotlane.switched(1)
    expect(await text(await hotlane.url())).toBe('one kept real')
    const { note } = await hotlane.until('project.note')
    expect(note.position).toMatchObject({ file: project.path('.env'), line: 2 })
  })
})

describe('rules', () => {
  it('P15: run instead of a rebuild, the first match wins', async () => {
    await using project = await workspace({
      ...nodeApp('v1'),
      'hotlane.yaml': `services:
  app:
    rules:
      - { name: first, inputs: ['*.note'], command: "cp a.note first.out", action: run }
      - { name: second, inputs: ['*.note'], command: "cp a.note second.out", action: restart }
`,
    })
    await using hotlane = new Hotlane(project.directory, anyPort)
    await hotlane.switched(1)
    await project.write('a.note', 'hello')
    expect((await hotlane.until('rule.finished')).rule).toBe('first')
    expect(hotlane.all('rule.started').map(({ rule }) => rule)).toEqual(['first'])
    expect(hotlane.all('instance.started')).toHaveLength(1)
  })

  it('P15: a rule that fails tells its output, and what runs goes on', async () => {
    await using project = await workspace({
      ...nodeApp('v1'),
      'hotlane.yaml': `services: { app: { rules: [{ name: gen, inputs: ['*.note'], command: "echo broken; exit 3", action: restart }] } }\n`,
    })
    await using hotlane = new Hotlane(project.directory, anyPort)
    await hotlane.switched(1)
    await project.write('a.note', 'hello')
    const { error } = await hotlane.until('rule.failed')
    expect(error).toMatchObject({ code: 'HL6001', output: 'broken' })
    expect(await text(await hotlane.url())).toBe('v1')
    expect(hotlane.all('instance.started')).toHaveLength(1)
  })

  it('P15: a generator that writes its own inputs ends by itself', async () => {
    await using project = await workspace({
      ...nodeApp('v1'),
      'hotlane.yaml': `services: { app: { rules: [{ name: stamp, inputs: ['*.note'], command: "date +%N > a.note", action: run }] } }\n`,
    })
    await using hotlane = new Hotlane(project.directory, anyPort)
    await hotlane.switched(1)
    await project.write('a.note', 'hello')
    // The first run may be ended by the change that it makes itself.
    await hotlane.until('rule.started', { where: () => hotlane.all('rule.started').length === 2 })
    await hotlane.until('rule.finished', { after: hotlane.all('rule.started')[1]?.seq ?? 0 })
    // The user's own save of the same file is still an input.
    await hotlane.until('change.seen', { where: () => hotlane.all('change.seen').length >= 3 })
    const { seq } = hotlane
    await project.write('a.note', 'again')
    await hotlane.until('rule.finished', { after: seq })
    expect(hotlane.all('rule.started').length).toBeLessThanOrEqual(4)
    expect(hotlane.all('instance.started')).toHaveLength(1)
  })
})

describeWithGo('a generator whose output is watched', () => {
  it('P15: runs once, is followed by one rebuild, and does not loop', async () => {
    await using project = await workspace({
      ...goApp('v1'),
      'main.go': goMain('v1').replace('const version = "v1"\n', ''),
      'version.go': 'package main\n\nconst version = "v1"\n',
      'version.in': 'v1',
      'hotlane.yaml': `services:
  app:
    rules:
      - name: generate
        inputs: [version.in]
        outputs: [version.go]
        command: "printf 'package main\\\\n\\\\nconst version = \\"%s\\"\\\\n' $(cat version.in) > version.go"
        action: rebuild
`,
    })
    await using hotlane = new Hotlane(project.directory, anyPort)
    await hotlane.switched(1)
    await project.write('version.in', 'v2')
    await hotlane.switched(2)
    expect(await text(await hotlane.url())).toBe('v2')
    expect(hotlane.all('rule.started')).toHaveLength(1)
    expect(hotlane.all('build.started')).toHaveLength(2)
  })
})

describeWithGo('a build command', () => {
  const settings = (more: string): string =>
    `services:\n  app:\n    build: { command: go build -o ./bin/app ., output: ./bin/app }\n${more}`

  it('is run for source, whatever is included, once a save: what it writes itself is no input', async () => {
    await using project = await workspace({
      ...goApp('v1'),
      'hotlane.yaml': settings('    watch: { include: ["*.go"] }\n'),
    })
    await using hotlane = new Hotlane(project.directory, anyPort)
    await hotlane.switched(1)
    await project.write('main.go', goMain('v2'))
    await hotlane.switched(2)
    expect(await text(await hotlane.url())).toBe('v2')
    await project.write('main.go', goMain('v3'))
    await hotlane.switched(3)
    expect(hotlane.all('build.started')).toHaveLength(3)
  })

  it('is run for a template, which starts the same program anew', async () => {
    await using project = await workspace({ ...goApp('v1'), 'hotlane.yaml': settings(''), 'page.tmpl': 'one' })
    await using hotlane = new Hotlane(project.directory, anyPort)
    await hotlane.switched(1)
    await project.write('page.tmpl', 'two')
    const { report } = await hotlane.switched(2)
    expect(hotlane.all('build.started')).toHaveLength(2)
    expect(report.artifact).toBe((await hotlane.switched(1)).report.artifact)
  })
})

describeWithGo('a module beside the service', () => {
  it('that go.mod replaces is watched from the first build on', async () => {
    await using project = await workspace({
      'app/go.mod':
        'module example.com/app\n\ngo 1.23\n\nrequire example.com/lib v0.0.0\n\nreplace example.com/lib => ../lib\n',
      'app/main.go': goMain('v1')
        .replace('const version = "v1"\n', '')
        .replace('"os"', '"os"\n\n\t"example.com/lib"')
        .replace('fmt.Fprint(w, version)', 'fmt.Fprint(w, lib.Version)'),
      'lib/go.mod': 'module example.com/lib\n\ngo 1.23\n',
      'lib/lib.go': 'package lib\n\nconst Version = "v1"\n',
    })
    await using hotlane = new Hotlane(project.path('app'), anyPort)
    await hotlane.switched(1)
    await hotlane.until('watch.ready', { where: () => hotlane.all('watch.ready').length === 2 })
    await project.write('lib/lib.go', 'package lib\n\nconst Version = "v2"\n')
    await hotlane.switched(2)
    expect(await text(await hotlane.url())).toBe('v2')
  })
})

describe('.gitignore', () => {
  it('is honoured, and a change of it at once', async () => {
    await using project = await workspace({ ...nodeApp('v1'), '.gitignore': 'notes/\n', 'notes/a.mjs': '' })
    await using hotlane = new Hotlane(project.directory, anyPort)
    await hotlane.switched(1)
    await project.write('notes/a.mjs', 'export {}\n')
    await project.write('.gitignore', '')
    await hotlane.until('change.seen', { where: ({ files }) => files.some(({ path }) => path.endsWith('a.mjs')) })
    await hotlane.switched(2)
    const { seq } = hotlane
    await project.write('.gitignore', 'server.mjs\n')
    await hotlane.until('change.seen', { after: seq })
    await project.write('server.mjs', nodeMain('v2'))
    await project.write('other.mjs', 'export {}\n')
    await hotlane.switched(3)
    const seen = hotlane.all('change.seen').filter((event) => event.seq > seq)
    expect(seen.flatMap(({ files }) => files.map(({ path }) => project.relative(path)))).not.toContain('server.mjs')
  })
})

describe('settings', () => {
  it('are read again when they change; a mistake in them changes nothing', async () => {
    await using project = await workspace({ ...nodeApp('v1'), 'hotlane.yaml': 'services: { app: {} }\n' })
    await using hotlane = new Hotlane(project.directory, anyPort)
    await hotlane.switched(1)
    await project.write('hotlane.yaml', 'services: { app: { envv: {} } }\n')
    const { error } = await hotlane.until('project.failed')
    expect(error).toMatchObject({ code: 'HL1003', position: { line: 1, column: 20 } })
    expect(await text(await hotlane.url())).toBe('v1')
    await project.write('hotlane.yaml', 'services: { app: { env: { X: y } } }\n')
    await hotlane.switched(2)
    expect(hotlane.all('service.switched')[1]?.report.lost).toBe(0)
  })

  it('can add and remove a service while others serve', async () => {
    await using project = await workspace({
      ...nodeApp('v1'),
      'hotlane.yaml': 'services: { app: { listen: "127.0.0.1:0" } }\n',
    })
    await using hotlane = new Hotlane(project.directory)
    await hotlane.switched(1)
    await project.write(
      'hotlane.yaml',
      'services: { app: { listen: "127.0.0.1:0" }, other: { listen: "127.0.0.1:0" } }\n',
    )
    await hotlane.switched(1, 'other')
    expect(await text(await hotlane.url('other'))).toBe('v1')
    expect(hotlane.all('instance.started').filter(({ service }) => service === 'app')).toHaveLength(1)
    await project.write('hotlane.yaml', 'services: { app: { listen: "127.0.0.1:0" } }\n')
    await hotlane.until('instance.stopped', { where: ({ service }) => service === 'other' })
    expect(await text(await hotlane.url('app'))).toBe('v1')
  })
})
