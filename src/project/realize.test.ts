import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { load, noteTexts, only, trees } from '../../test/project/tree.ts'

const tree = trees()
const base = { 'go.mod': 'module example.com/shop\n', 'main.go': 'package main\n' }

async function realize(text: string) {
  const root = tree({ ...base, '.realize.yaml': text })
  const loaded = await load(root)
  expect(readFileSync(path.join(root, '.realize.yaml'), 'utf8')).toBe(text)
  return { root, project: loaded.project, service: loaded.project.services[0], notes: noteTexts(loaded), loaded }
}

const entry = (lines: string): string =>
  `schema:\n- name: api\n  path: .\n  commands: { run: { status: true } }\n${lines.replace(/^(?=.)/gm, '  ')}`

describe('.realize.yaml', () => {
  test('is a service for each entry', async () => {
    const { root, project } = await realize(
      `settings: { files: { logs: { status: true } }, recovery: { index: true } }
server: { status: true, port: 5002 }
schema:
- name: orders
  path: srv/orders
  commands:
    install: { status: true, args: [-race, -tags x] }
    run: { status: true }
- name: auth
  path: ./auth/
  commands:
    build: { status: true, method: make all }
    run: { status: true, method: ./bin/auth }
- path: .
  commands:
    build: { status: true, args: ["-o bin/x", ./cmd/x] }
    run: { status: true, path: cmd/tool }
`,
    )
    expect(project.source).toEqual({ kind: 'realize', file: '.realize.yaml' })
    expect(project.notes.filter(({ text }) => !text.includes('watcher.extensions'))).toEqual([])
    const orders = path.join(root, 'srv/orders')
    expect(project.services).toMatchObject([
      {
        name: 'orders',
        directory: orders,
        build: { kind: 'go', directory: orders, package: '.', flags: ['-race', '-tags', 'x'] },
        run: { kind: 'artifact' },
      },
      {
        name: 'auth',
        directory: path.join(root, 'auth'),
        build: { command: { argv: ['make', 'all'] } },
        run: { command: { argv: ['./bin/auth'] } },
      },
      {
        name: 'shop',
        directory: root,
        build: { kind: 'go', package: './cmd/x' },
        run: { command: { argv: ['./cmd/tool/tool'] } },
      },
    ])
    expect(project.services.map(({ listen }) => listen.port)).toEqual([8080, 8081, 8082])
  })

  test('tools become one rule on Go files', async () => {
    const { service, notes } = await realize(
      'schema:\n- name: a\n  commands:\n    vet: { status: true }\n    fmt: { status: true }\n    test: { status: true, args: ["-run X"] }\n    clean: { status: false }\n    run: { status: true }\n',
    )
    expect(service?.rules).toMatchObject([
      {
        name: 'vet, fmt, test',
        inputs: ['**/*.go'],
        outputs: ['**/*.go'],
        action: 'rebuild',
        command: { kind: 'shell', line: 'go vet ./... && gofmt -s -w -e . && go test -run X ./...' },
      },
    ])
    expect(notes).toContain('4:5 vet, fmt, test run once at a change')
  })

  test('env is added, args are as written', async () => {
    const { service, notes } = await realize(entry('env: { A: 1, B: x }\nargs: ["--port=80", "a=b=c", "\'q\'"]\n'))
    expect(service).toMatchObject({ env: { A: '1', B: 'x' }, args: ['--port=80', 'a=b=c', "'q'"] })
    expect(notes).toContain('5:3 env is added to the environment')
    expect(notes).toContain('6:3 Each of args is one argument here; realize splits "a=b=c", "\'q\'"')
  })

  test.each([
    'ignored_paths: [.git, gen, html]',
    'ignore_paths: [.git, gen, html]',
    'ignore: { paths: [.git, gen], exts: [html] }',
  ])('watcher, spelt %s', async (spelling) => {
    const { root, service } = await realize(
      entry(`watcher:\n  extensions: [go, html]\n  paths: [cmd, /pkg/]\n  hidden: true\n  ${spelling}\n`),
    )
    expect(service?.watch).toEqual({
      roots: [path.join(root, 'cmd'), path.join(root, 'pkg')],
      include: ['**/*.go', '**/*.html'],
      ignore: ['.*', '/.git', '/gen', '**/*.html'],
      ignorePatterns: [],
      gitignore: false,
      followLinks: false,
    })
  })

  test('a path of / is all of it; hidden ones are watched unless told', async () => {
    const { root, service } = await realize(entry('watcher: { extensions: [go], paths: [/] }\n'))
    expect(service?.watch).toMatchObject({ roots: [root], ignore: [] })
    const { notes } = await realize(entry('watcher: { paths: [/] }\n'))
    expect(notes).toContain('Without watcher.extensions')
  })

  test('scripts run before the build, after the switch, at the start and at the end, without a shell', async () => {
    const { root, project, service, notes } = await realize(
      entry(`watcher:
  extensions: [go]
  scripts:
  - { type: before, command: 'echo "a b" && x', output: true }
  - { type: before, command: gen, path: sub }
  - { type: after, command: done }
  - { type: before, command: first, global: true }
  - { type: after, command: last, global: true }
  - { type: never, command: x }
`),
    )
    expect(service?.before).toEqual([
      { kind: 'argv', argv: ['echo', 'a', 'b', '&&', 'x'], directory: root },
      { kind: 'argv', argv: ['gen'], directory: path.join(root, 'sub') },
    ])
    expect(service?.after).toMatchObject([{ argv: ['done'] }])
    expect(project.atStart).toMatchObject([{ argv: ['first'] }])
    expect(project.atExit).toMatchObject([{ argv: ['last'] }])
    expect(notes).toContain('13:7 A script without a command')
  })

  test.each([
    ['force: true', 'poll', 1000, ''],
    ['force: true, interval: 100ms', 'poll', 100, ''],
    ['force: true, interval: 2000000000', 'poll', 2000, ''],
    [
      'force: true, interval: 200',
      'poll',
      200,
      '1:36 realize reads interval: 200 as nanoseconds; hotlane takes it as milliseconds.',
    ],
    ['force: false, interval: 100ms', 'auto', 500, ''],
  ])('settings.legacy: { %s }', async (legacy, mode, pollMs, note) => {
    const { project, notes } = await realize(
      `settings: { legacy: { ${legacy} } }\n${entry('watcher: { extensions: [go] }\n')}`,
    )
    expect(project.watch).toMatchObject({ mode, pollMs })
    expect(notes).toBe(note)
  })

  test('unknown keys are told with their place', async () => {
    const { notes } = await realize(entry('watcher: { extensions: [go], ignored_path: [x], interval: 3 }\n'))
    expect(notes).toContain('5:32 "ignored_path" is not known in schema.watcher; the nearest known is "ignored_paths"')
    expect(notes).toContain('"interval" is not known in schema.watcher; it belongs to settings.legacy')
    expect((await realize(`settings: { flimit: 100 }\n${entry('')}`)).notes).toContain('1:13 flimit has no effect')
  })

  test.each([
    ['schema: [', 'HL1002', 'cannot be read as YAML'],
    ['schema:\n- name: a\n  path: [x]\n', 'HL1004', 'schema.0.path should be a text, but is a list'],
    ['schema: {}\n', 'HL1004', 'schema should be a list'],
    ['settings: {}\n', 'HL1004', 'schema should be a list of at least one project, but is missing'],
    ['schema:\n- watcher: { hidden: "yes" }\n', 'HL1004', 'schema.0.watcher.hidden should be true or false'],
    ['schema:\n- watcher: [a]\n', 'HL1004', 'schema.0.watcher should be a mapping'],
    [
      'settings: { legacy: { force: true, interval: soon } }\nschema: [{ name: a }]\n',
      'HL1004',
      'interval should be a duration',
    ],
  ])('%j is a mistake', async (text, code, message) => {
    const error: unknown = await realize(text).catch((error: unknown) => error)
    expect(error).toMatchObject({
      code,
      message: expect.stringContaining(message),
      position: { file: '.realize.yaml' },
    })
    expect((error as { position: { line?: number } }).position.line).toBeGreaterThan(0)
  })

  test('two entries of one name are told apart', async () => {
    const { project } = await realize('schema: [{ name: a }, { name: a }]\n')
    expect(project.services.map(({ name }) => name)).toEqual(['a', 'a-2'])
    expect(only({ ...(await realize(entry(''))).loaded }).name).toBe('api')
  })
})
