import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { HotlaneError } from '../support/errors.ts'
import { renderJson, renderSettings } from './render.ts'
import { hotlaneSchema } from './schema.ts'
import { ginMain, load, only, trees } from '../../test/project/tree.ts'

const tree = trees()
const go = { 'go.mod': 'module example.com/shop\n', 'main.go': ginMain }

function withFile(text: string, files: Readonly<Record<string, string>> = go): string {
  return tree({ ...files, 'hotlane.yaml': text })
}

async function failure(text: string, options: Parameters<typeof load>[1] = {}): Promise<HotlaneError> {
  const error: unknown = await load(withFile(text), options).catch((error: unknown) => error)
  if (error instanceof HotlaneError) return error
  throw new Error(`no error of hotlane's: ${String(error)}`)
}

describe('hotlane.yaml', () => {
  test('says nothing: everything is detected or default', async () => {
    const root = withFile('')
    const loaded = await load(root)
    expect(only(loaded)).toEqual({
      name: 'shop',
      directory: root,
      build: { kind: 'go', directory: root, package: '.', flags: [], env: {} },
      before: [],
      run: { kind: 'artifact' },
      workingDirectory: root,
      args: [],
      env: {},
      envFiles: [],
      listen: { host: '127.0.0.1', port: 8080, fixed: false },
      route: { path: '/' },
      overlap: 'auto',
      ready: { kind: 'auto', timeoutMs: 30_000 },
      stop: { signal: 'SIGTERM', graceMs: 5000 },
      drainMs: 30_000,
      watch: { roots: [root], include: [], ignore: [], ignorePatterns: [], gitignore: true, followLinks: false },
      rules: [],
      after: [],
      restartOnCrash: true,
      browserReload: true,
    })
    expect(loaded.project).toMatchObject({
      root,
      source: { kind: 'hotlane', file: 'hotlane.yaml' },
      limits: { compilerThreads: 3, cacheBytes: 256_000_000 },
      watch: { mode: 'auto', pollMs: 500, settleMs: 20 },
      atStart: [],
      atExit: [],
      quiet: false,
      clearOnRebuild: false,
    })
    const files = [
      'hotlane.yaml',
      '.air.toml',
      '.config/air.toml',
      'runner.conf',
      '.realize.yaml',
      'go.mod',
      'go.work',
      'package.json',
    ]
    expect(loaded.project.settingsFiles).toEqual(expect.arrayContaining(files.map((file) => path.join(root, file))))
    expect((await load(root, { cores: 1 })).project.limits.compilerThreads).toBe(1)
  })

  test('sets every key', async () => {
    const root = withFile(`
services:
  api:
    path: srv
    cwd: run
    build: { go: ../cmd/api, flags: [-tags, x], env: { GOFLAGS: -mod=mod, N: 1 } }
    before: [make gen, [go, vet], { command: [a, b], cwd: .. }]
    run: dlv exec "my app"
    after: echo done
    args: [--x]
    env: { A: b, C: true }
    envFiles: [.env]
    listen: :9000
    route: { host: API.test, path: /v1 }
    port: 3000
    overlap: hold
    ready: { path: /h, timeout: 5s }
    grace: 1m
    drain: 1h
    stopSignal: SIGINT
    restart: false
    reload: false
    watch: { roots: [., ../lib], include: ['*.go'], ignore: [x], ignorePatterns: [a+], gitignore: false, followLinks: true }
    rules:
      - { name: css, inputs: ['*.css'], command: tw, outputs: [out.css], action: reload, ignorePatterns: [b] }
      - { inputs: ['*.yml'] }
watch: { mode: poll, interval: 1s, settle: 20ms }
limits: { threads: 2, cache: 1 GiB }
hooks: { start: a, exit: [b] }
quiet: true
clear: true
`)
    const { project } = await load(root)
    const run = path.join(root, 'srv', 'run')
    expect(project.services[0]).toEqual({
      name: 'api',
      directory: path.join(root, 'srv'),
      build: {
        kind: 'go',
        directory: run,
        package: '../cmd/api',
        flags: ['-tags', 'x'],
        env: { GOFLAGS: '-mod=mod', N: '1' },
      },
      before: [
        { kind: 'shell', line: 'make gen', directory: run },
        { kind: 'argv', argv: ['go', 'vet'], directory: run },
        { kind: 'argv', argv: ['a', 'b'], directory: path.join(root, 'srv') },
      ],
      run: { kind: 'command', command: { kind: 'argv', argv: ['dlv', 'exec', 'my app'], directory: run } },
      workingDirectory: run,
      args: ['--x'],
      env: { A: 'b', C: 'true' },
      envFiles: [path.join(root, 'srv', '.env')],
      listen: { host: '0.0.0.0', port: 9000, fixed: true },
      route: { host: 'api.test', path: '/v1' },
      appPort: 3000,
      overlap: 'hold',
      ready: { kind: 'http', path: '/h', timeoutMs: 5000 },
      stop: { signal: 'SIGINT', graceMs: 60_000 },
      drainMs: 3_600_000,
      watch: {
        roots: [path.join(root, 'srv'), path.join(root, 'lib')],
        include: ['*.go'],
        ignore: ['x'],
        ignorePatterns: ['a+'],
        gitignore: false,
        followLinks: true,
      },
      rules: [
        {
          name: 'css',
          inputs: ['*.css'],
          ignorePatterns: ['b'],
          command: { kind: 'shell', line: 'tw', directory: run },
          outputs: ['out.css'],
          action: 'reload',
        },
        { name: 'rule-2', inputs: ['*.yml'], ignorePatterns: [], outputs: [], action: 'restart' },
      ],
      after: [{ kind: 'shell', line: 'echo done', directory: run }],
      restartOnCrash: false,
      browserReload: false,
    })
    expect(project).toMatchObject({
      watch: { mode: 'poll', pollMs: 1000, settleMs: 20 },
      limits: { compilerThreads: 2, cacheBytes: 1024 ** 3 },
      atStart: [{ kind: 'shell', line: 'a', directory: root }],
      atExit: [{ kind: 'shell', line: 'b', directory: root }],
      quiet: true,
      clearOnRebuild: true,
    })
  })

  test('of one service needs no mapping of services', async () => {
    const root = withFile('ready: /h\nwatch: { mode: poll, ignore: [x] }\nlisten: 9000\n')
    const loaded = await load(root)
    expect(only(loaded)).toMatchObject({
      name: 'shop',
      ready: { kind: 'http', path: '/h' },
      watch: { ignore: ['x'] },
      listen: { port: 9000, fixed: true },
      build: { kind: 'go', package: '.' },
    })
    expect(loaded.project.watch.mode).toBe('poll')
  })

  test('without any service is applied to those that are detected', async () => {
    const loaded = await load(withFile('listen: :9000\nlimits: { threads: 7 }\nwatch: { mode: native }\n'))
    expect(only(loaded).listen).toEqual({ host: '0.0.0.0', port: 9000, fixed: true })
    expect(loaded.project.limits.compilerThreads).toBe(7)
    expect(loaded.project.watch.mode).toBe('native')
  })

  test('runs the output of a command as the artifact', async () => {
    const root = withFile('build: { command: make, output: bin/app }\n')
    expect(only(await load(root))).toMatchObject({
      build: { output: path.join(root, 'bin/app') },
      run: { kind: 'artifact' },
    })
    const wrapped = withFile('build: { command: make, output: bin/app }\nrun: [dlv, exec, ./bin/app]\n')
    expect(only(await load(wrapped)).run).toMatchObject({
      command: { argv: ['dlv', 'exec', path.join(wrapped, 'bin/app')] },
    })
    const shell = withFile('build: { command: make, output: bin/app }\nrun: true && ./bin/app -x\n')
    expect(only(await load(shell)).run).toMatchObject({
      command: { line: `true && ${path.join(shell, 'bin/app')} -x` },
    })
  })

  test('with a run alone builds nothing', async () => {
    expect(only(await load(withFile('run: python app.py\n')))).toMatchObject({
      build: { kind: 'none' },
      run: { command: { argv: ['python', 'app.py'] } },
    })
  })
})

describe('mistakes in hotlane.yaml', () => {
  test.each([
    ['services: { a: { redy: /h } }', 'HL1003', '1:18', 'unknown key services.a.redy; did you mean ready?'],
    ['redy: /h\nrun: x', 'HL1003', '1:1', 'unknown key redy; did you mean ready?'],
    ['services: { a: { run: x } }\nready: /h', 'HL1003', '2:1', 'unknown key ready; it belongs to services.NAME'],
    [
      'services:\n  a:\n    run: x\n    ignore: [b]',
      'HL1003',
      '4:5',
      'unknown key services.a.ignore; it belongs to services.NAME.watch',
    ],
    ['run: x\nthreads: 2', 'HL1003', '2:1', 'unknown key threads; it belongs to limits'],
    ['run: x\nzzzzzzzzzz: 2', 'HL1003', '2:1', 'unknown key zzzzzzzzzz'],
    ['run: x\ngrace: 30', 'HL1004', '2:8', 'grace should be a duration such as "30s", but is 30'],
    ['run: x\ngrace: "30"', 'HL1004', '2:8', 'grace should be a duration such as "30s", but is the text "30"'],
    [
      'run: x\nready: { timeout: soon }',
      'HL1004',
      '2:19',
      'ready.timeout should be a duration such as "30s", but is the text "soon"',
    ],
    ['run: x\nready: h', 'HL1004', '2:8', 'ready should be a path that starts with /, but is the text "h"'],
    ['run: x\nlisten: nowhere', 'HL1004', '2:9', 'should be a port or an address such as'],
    ['run: x\noverlap: no', 'HL1004', '2:10', 'overlap should be one of auto, hold, but is the text "no"'],
    ['run: x\nlimits: { cache: 5 }', 'HL1004', '2:18', 'limits.cache should be a size such as "256 MB", but is 5'],
    ['run: x\nrules: [{ name: a }]', 'HL1004', '2:9', 'rules.0.inputs should be given, but is missing'],
    ['run: x\nwatch: { ignorePatterns: ["("] }', 'HL1004', '2:26', 'should be a list of regular expressions'],
    ['build: make', 'HL1004', '1:8', 'run should be a command, since the build names no output, but is missing'],
    ['build: { flags: [x] }', 'HL1004', '1:1', 'build should be given either go or command'],
    ['- a', 'HL1004', '1:1', 'should be a mapping'],
    ['services: []', 'HL1004', '1:11', 'services should be a mapping'],
    ['services: { "a b": { run: x } }', 'HL1004', '1:11', 'names have only letters'],
    ['run: x\nrun: y', 'HL1002', '2:1', 'cannot be read as YAML'],
    ['run: [x', 'HL1002', '1:8', 'cannot be read as YAML'],
    ['run: *x', 'HL1002', '1:6', 'cannot be read as YAML'],
    ['services: { a: { run: x, listen: 80 }, b: { run: y, listen: 80 } }', 'HL1004', '1:61', 'an address of its own'],
  ])('%j', async (text, code, place, message) => {
    const error = await failure(text)
    expect(error.code).toBe(code)
    expect(error.message).toContain(message)
    expect(error.position?.file).toBe('hotlane.yaml')
    expect(`${error.position?.line}:${error.position?.column}`).toBe(place)
  })

  test('are told all at once, the first as the error', async () => {
    const error = await failure('run: x\nzeroth: 1\ngrace: 5\ndrain: 6\n')
    expect(error.message).toContain('zeroth')
    expect(error.output).toBe(
      'hotlane.yaml:3:8: grace should be a duration such as "30s", but is 5\nhotlane.yaml:4:8: drain should be a duration such as "30s", but is 6',
    )
    expect(error.remedy).toContain('ready')
  })

  test('in files that are not there', async () => {
    await expect(load(tree(go), { configFile: 'none.yaml' })).rejects.toMatchObject({ code: 'HL1005' })
    await expect(load(tree({ 'README.md': '' }))).rejects.toMatchObject({ code: 'HL1001' })
  })
})

describe('flags', () => {
  test('--listen, then listen, then PORT, then 8080', async () => {
    const both = withFile('listen: 9000\nrun: x\n')
    const none = withFile('run: x\n')
    const env = { PORT: '7000' }
    expect(only(await load(both, { listen: ':5000', env })).listen).toEqual({
      host: '0.0.0.0',
      port: 5000,
      fixed: true,
    })
    expect(only(await load(both, { env })).listen).toEqual({ host: '127.0.0.1', port: 9000, fixed: true })
    expect(only(await load(none, { env })).listen).toEqual({ host: '127.0.0.1', port: 7000, fixed: true })
    expect(only(await load(none)).listen).toEqual({ host: '127.0.0.1', port: 8080, fixed: false })
    const odd = await load(none, { env: { PORT: 'tcp://10.0.0.1:80' } })
    expect(only(odd).listen.port).toBe(8080)
    expect(odd.project.notes[0]?.text).toContain('PORT')
    expect((await failure('run: x', { listen: 'x:y' })).code).toBe('HL7001')
  })

  test('several services count up, or share an address by their routes', async () => {
    const ports = async (text: string, options = {}): Promise<readonly (string | boolean)[][]> =>
      (await load(withFile(text), options)).project.services.map(({ listen }) => [
        `${listen.host}:${listen.port}`,
        listen.fixed,
      ])
    const three = 'services: { a: { run: x }, b: { run: x }, c: { run: x } }'
    expect(await ports(three)).toEqual([
      ['127.0.0.1:8080', false],
      ['127.0.0.1:8081', false],
      ['127.0.0.1:8082', false],
    ])
    expect(await ports(three, { listen: '9000' })).toEqual([
      ['127.0.0.1:9000', true],
      ['127.0.0.1:9001', false],
      ['127.0.0.1:9002', false],
    ])
    expect(await ports('services: { a: { run: x }, b: { run: x, route: /b }, c: { run: x, listen: 8081 } }')).toEqual([
      ['127.0.0.1:8080', false],
      ['127.0.0.1:8080', false],
      ['127.0.0.1:8081', true],
    ])
    expect(await ports('services: { a: { run: x, listen: 8080 }, b: { run: x } }')).toEqual([
      ['127.0.0.1:8080', true],
      ['127.0.0.1:8081', false],
    ])
  })

  test('--service chooses, -- adds arguments, --poll polls', async () => {
    const root = withFile('services: { api: { run: x, args: [a] }, web: { run: y } }')
    expect((await load(root, { services: ['web'] })).project.services.map(({ name }) => name)).toEqual(['web'])
    await expect(load(root, { services: ['wep'] })).rejects.toMatchObject({
      code: 'HL1007',
      message: 'there is no service named wep; did you mean web?',
    })
    const chosen = await load(root, { services: ['api'], args: ['--b', 'c d'] })
    expect(only(chosen).args).toEqual(['a', '--b', 'c d'])
    await expect(load(root, { args: ['--b'] })).rejects.toMatchObject({ code: 'HL7001' })
    expect((await load(root, { poll: true })).project.watch).toMatchObject({ mode: 'poll', pollMs: 500 })
    expect((await load(root, { poll: 250 })).project.watch).toMatchObject({ mode: 'poll', pollMs: 250 })
    expect((await load(root, { poll: false })).project.watch.mode).toBe('auto')
  })

  test('--config is relative to the directory, and paths in it to itself', async () => {
    const root = tree({ ...go, 'conf/hotlane.yaml': 'path: ../srv\nrun: x\n' })
    mkdirSync(path.join(root, 'srv'))
    const loaded = await load(root, { configFile: 'conf/hotlane.yaml' })
    expect(only(loaded).directory).toBe(path.join(root, 'srv'))
    expect(loaded.project.root).toBe(root)
    expect(loaded.project.settingsFiles).toContain(path.join(root, 'conf/hotlane.yaml'))
  })
})

describe('what is printed', () => {
  const text = 'ready: /h\nenv: { A: 1 }\nbuild: { command: make, output: bin/x }\nwatch: { ignore: [x] }\n'

  test('names the origin of every value', async () => {
    const loaded = await load(withFile(text), { listen: '9000', args: ['x'] })
    const from = Object.fromEntries(loaded.origins.map((origin) => [origin.path, origin.from]))
    expect(from).toMatchObject({
      'services.shop.ready.path': 'hotlane.yaml:1:8',
      'services.shop.ready.timeout': 'default',
      'services.shop.env.A': 'hotlane.yaml:2:11',
      'services.shop.build.output': 'hotlane.yaml:3:33',
      'services.shop.watch.ignore': 'hotlane.yaml:4:18',
      'services.shop.watch.include': 'default',
      'services.shop.listen': 'flag --listen',
      'services.shop.args': 'words after --',
      'limits.threads': 'default',
    })
    expect(renderSettings(loaded)).toMatch(/^ {6}path: \/h # hotlane\.yaml:1:8$/m)
    expect(renderSettings(loaded)).toMatch(/^ {6}ignore: \[x\] # hotlane\.yaml:4:18$/m)
    const json: unknown = JSON.parse(renderJson(loaded))
    expect(json).toMatchObject({
      settings: { services: { shop: { listen: 9000 } } },
      origins: { 'limits.threads': 'default' },
    })
  })

  test('means the same when it is read again', async () => {
    const root = withFile(text)
    const { services, ...rest } = await load(root).then((loaded) => ({
      services: only(loaded),
      text: renderSettings(loaded),
    }))
    writeFileSync(path.join(root, 'hotlane.yaml'), rest.text)
    const again = only(await load(root))
    expect(again).toEqual({ ...services, listen: { ...services.listen, fixed: true } })
  })

  test('the schema for editors knows both forms and forbids what is unknown', () => {
    const schema = hotlaneSchema()
    expect(schema).toMatchObject({ type: 'object', additionalProperties: false })
    const { properties } = schema as {
      properties: Record<string, { additionalProperties?: { additionalProperties?: unknown } }>
    }
    expect(Object.keys(properties)).toEqual(expect.arrayContaining(['services', 'ready', 'rules', 'limits', 'hooks']))
    expect(properties['services']?.additionalProperties?.additionalProperties).toBe(false)
  })
})
