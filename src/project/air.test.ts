import { chmodSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { HotlaneError } from '../support/errors.ts'
import type { LoadOptions } from './load.ts'
import { about, load, noteTexts, only, trees } from '../../test/project/tree.ts'

const tree = trees()
const base = { 'go.mod': 'module example.com/shop\n', 'main.go': 'package main\n' }

async function air(toml: string, options: Partial<LoadOptions> = {}, files: Readonly<Record<string, string>> = {}) {
  const root = tree({ ...base, ...files, '.air.toml': toml })
  const loaded = await load(root, options)
  expect(readFileSync(path.join(root, '.air.toml'), 'utf8')).toBe(toml)
  return { root, loaded, project: loaded.project, service: only(loaded), notes: noteTexts(loaded) }
}

async function failure(toml: string): Promise<HotlaneError> {
  const error: unknown = await air(toml).catch((error: unknown) => error)
  if (error instanceof HotlaneError) return error
  throw new Error(`no error of hotlane's: ${String(error)}`)
}

describe('an empty .air.toml', () => {
  test('means the defaults of air', async () => {
    const { root, service, project } = await air('')
    expect(service).toMatchObject({
      name: 'shop',
      directory: root,
      build: { kind: 'go', directory: root, package: '.', flags: [] },
      run: { kind: 'artifact' },
      stop: { signal: 'SIGTERM', graceMs: 5000 },
      watch: {
        roots: [root],
        include: ['**/*.go', '**/*.tpl', '**/*.tmpl', '**/*.html'],
        ignore: ['.*/', '/assets/**', '/tmp/**', '/vendor/**', '/testdata/**'],
        ignorePatterns: ['_test.go'],
        gitignore: false,
        followLinks: false,
      },
    })
    expect(project).toMatchObject({ source: { kind: 'air', file: '.air.toml' }, watch: { mode: 'auto', settleMs: 20 } })
  })
})

describe('which file is read', () => {
  const toml = '[proc]\nname = "from-NAME"\n'
  const named = (name: string): string => toml.replace('NAME', name)

  test('the first of .air.toml, .config/air.toml, .air.conf, air.conf.json, runner.conf, .realize.yaml', async () => {
    const files: Record<string, string> = {
      '.air.toml': named('a'),
      '.config/air.toml': named('b'),
      '.air.conf': named('c'),
      'air.conf.json': '{}',
      'runner.conf': 'root: .\n',
      '.realize.yaml': 'schema: [{ name: r, commands: { run: { status: true } } }]\n',
    }
    const told: string[] = []
    const order = Object.keys(files)
    for (const [index, name] of order.entries()) {
      const left = Object.fromEntries(Object.entries(files).slice(index))
      const loaded = await load(tree({ ...base, ...left }))
      told.push(`${loaded.project.source.kind} ${loaded.project.source.file} ${only(loaded).name}`)
      const others = order.slice(index + 1)
      const passedOver = others.length === 0 ? '' : `: ${name} was read; ${others.join(', ')} was passed over.`
      expect(about(noteTexts(loaded), 'was read')).toBe(passedOver)
    }
    expect(told).toEqual([
      'air .air.toml from-a',
      'air .config/air.toml from-b',
      'air .air.conf from-c',
      'air-json air.conf.json shop',
      'fresh runner.conf shop',
      'realize .realize.yaml r',
    ])
  })

  test('--config names any of them; hotlane.yaml beats them all', async () => {
    const root = tree({ ...base, '.air.toml': named('a'), 'dev/air.toml': named('b'), 'hotlane.yaml': 'run: x\n' })
    expect((await load(root)).project.source.kind).toBe('hotlane')
    expect(only(await load(root, { configFile: 'dev/air.toml' })).name).toBe('from-b')
  })

  test('in $air_wd, which takes the place of root too', async () => {
    const root = tree({
      ...base,
      'sub/.air.toml': 'root = "elsewhere"\nenv_files = [".env"]\n[build]\npost_cmd = ["x"]\n',
    })
    const loaded = await load(root, { env: { air_wd: 'sub' } })
    const sub = path.join(root, 'sub')
    expect(only(loaded)).toMatchObject({
      directory: sub,
      workingDirectory: sub,
      build: { directory: sub },
      envFiles: [path.join(sub, '.env')],
    })
    expect(loaded.project.atExit).toEqual([{ kind: 'shell', line: 'x', directory: sub }])
    expect(noteTexts(loaded)).toContain('1:1 air_wd in the environment takes the place of root')
  })
})

describe('mistakes', () => {
  test.each([
    ['[build]\ndelay = "1s"', '2:1', 'build.delay should be a whole number'],
    ['[build]\ndelay = 1.5', '2:1', 'build.delay should be a whole number'],
    ['[build]\ninclude_ext = "go"', '2:1', 'build.include_ext should be a list of texts, but is the text "go"'],
    ['[build]\npoll = "true"', '2:1', 'build.poll should be true or false'],
    ['[build]\ncmd = ["a"]', '2:1', 'build.cmd should be a text, but is a list'],
    ['build = 3', '1:1', 'build should be a table, but is 3'],
    ['[build]\nkill_delay = "1"', '2:1', 'build.kill_delay should be a duration with a unit'],
    ['[build]\nexclude_regex = ["("]', '2:1', 'build.exclude_regex should be a list of regular expressions'],
    [
      '[[build.rules]]\nname = "a"\ninclude_ext = ["css"]',
      '1:3',
      'build.rules.0.cmd should be a shell line, but is missing',
    ],
    ['[[build.rules]]\ncmd = "a"\n[[build.rules]]\ncmd = "b"', '1:3', 'build.rules.0 should be given include_dir'],
    ['[[build.rules]]\ncmd = "a"\ninclude_ext = "x"', '3:1', 'build.rules.0.include_ext should be a list of texts'],
  ])('%j', async (toml, place, message) => {
    const error = await failure(toml)
    expect(error.code).toBe('HL1004')
    expect(error.message).toContain(message)
    expect(`${error.position?.file}:${error.position?.line}:${error.position?.column}`).toBe(`.air.toml:${place}`)
  })

  test.each([
    ['[build]\ncmd = ', 2],
    ['[build]\ncmd = "a"\ncmd = "b"', 3],
    ['root = .', 1],
  ])('syntax and doubled keys: %j', async (toml, line) => {
    const error = await failure(toml)
    expect(error).toMatchObject({ code: 'HL1002', position: { file: '.air.toml', line } })
  })

  test('all of a file are told', async () => {
    const error = await failure('[build]\ndelay = "1s"\npoll = 1\n')
    expect(error.output).toContain('.air.toml:3:1: build.poll should be true or false, but is 1')
  })

  test('dotted keys, CRLF and a byte order mark are none', async () => {
    const { service, project } = await air(
      '\uFEFFbuild.send_interrupt = true\r\nbuild.kill_delay = "2s"\r\nlog.silent = true\r\n',
    )
    expect(service.stop).toEqual({ signal: 'SIGINT', graceMs: 2000 })
    expect(project.quiet).toBe(true)
  })
})

describe('unknown keys are told with place and the nearest known', () => {
  test.each([
    ['exclude_dir = ["x"]', '1:1 "exclude_dir" is not known; it belongs to [build].'],
    [
      '[build]\nexclude_dirs = ["x"]',
      '2:1 "exclude_dirs" is not known in [build]; the nearest known is "exclude_dir".',
    ],
    ['[build]\nDelay = 5', '2:1 "Delay" is not known in [build]; the nearest known is "delay".'],
    ['[Build]\ndelay = 5', '1:2 "Build" is not known; the nearest known is [build].'],
    ['[build]\nproxy_port = 5', '2:1 "proxy_port" is not known in [build]; it belongs to [proxy].'],
    ['[run]\ncmd = "x"', '1:2 "run" is not known'],
    ['[build]\nqqqqqqqqqq = 1', '2:1 "qqqqqqqqqq" is not known in [build]. air'],
    [
      '[[build.rules]]\ncmd = "x"\ninclude_exts = ["a"]\ninclude_ext = ["a"]',
      '3:1 "include_exts" is not known in [build.rules]; the nearest known is "include_ext".',
    ],
  ])('%j', async (toml, note) => {
    expect((await air(toml)).notes).toContain(note)
  })

  test('all capitals are known', async () => {
    const { service, notes } = await air('[BUILD]\nSEND_INTERRUPT = true\nKILL_DELAY = "3s"\n')
    expect(service.stop.graceMs).toBe(3000)
    expect(notes).not.toContain('not known')
  })
})

describe('zero values', () => {
  test('of the file are as good as none', async () => {
    const { service, project } = await air(
      '[build]\ncmd = ""\nbin = ""\nlog = ""\nsend_interrupt = false\n[color]\nmain = ""\n[screen]\nkeep_scroll = false\n',
    )
    expect(service).toMatchObject({ build: { kind: 'go', package: '.' }, run: { kind: 'artifact' } })
    expect(project.clearOnRebuild).toBe(false)
  })

  test.each([
    ['delay = 0', 50, /^2:1 air reads delay = 0 as 1000 ms[.] hotlane does not need this wait/],
    ['delay = -5', 0, /^$/],
    ['delay = 1000', 50, /^2:1 hotlane does not need this wait/],
    ['delay = 20', 20, /^$/],
    ['', 20, /^$/],
  ])('%s settles after %s ms', async (line, settleMs, note) => {
    const { project, notes } = await air(`[build]\n${line}\n`)
    expect(project.watch.settleMs).toBe(settleMs)
    expect(about(notes, 'this wait')).toMatch(note)
  })

  test('of lists override', async () => {
    const { service } = await air('[build]\nexclude_dir = []\nexclude_regex = []\n')
    expect(service.watch).toMatchObject({ ignorePatterns: [], ignore: ['.*/', '/tmp/**', '/testdata/**'] })
    const none = await air('[build]\ninclude_ext = []\n')
    expect(none.service.watch.ignore).toContain('**')
    expect(none.notes).toContain('2:1 With an empty include_ext')
    const file = await air('[build]\ninclude_ext = []\ninclude_file = ["a/b.sql"]\n')
    expect(file.service.watch).toMatchObject({ include: ['/a/b.sql'] })
    expect(file.service.watch.ignore).not.toContain('**')
  })
})

describe('stopping', () => {
  test.each([
    ['send_interrupt = true', 'SIGINT', 5000, /^2:1 Without kill_delay/],
    ['send_interrupt = true\nkill_delay = 0', 'SIGINT', 5000, /^3:1 Without kill_delay/],
    ['send_interrupt = true\nkill_delay = 500', 'SIGINT', 500, /^$/],
    ['send_interrupt = true\nkill_delay = "500us"', 'SIGINT', 500_000, /^3:1 air cuts kill_delay off at 5s/],
    ['send_interrupt = true\nkill_delay = "9s"', 'SIGINT', 9000, /^3:1 air cuts kill_delay off at 5s/],
    ['send_interrupt = false\nkill_delay = "2s"', 'SIGTERM', 5000, /^$/],
    ['kill_delay = "9s"', 'SIGTERM', 5000, /^$/],
  ])('%j', async (lines, signal, graceMs, note) => {
    const { service, notes } = await air(`[build]\n${lines}\n`)
    expect(service.stop).toEqual({ signal, graceMs })
    expect(about(notes, 'kill')).toMatch(note)
  })
})

describe('what is built and run', () => {
  test('a plain go build of what is run becomes the Go builder', async () => {
    const { root, service } = await air(
      '[build]\ncmd = "CGO_ENABLED=0 go build -tags \'a b\' -o ./bin/app ./cmd/api"\nbin = "bin/app"\n',
    )
    expect(service.build).toEqual({
      kind: 'go',
      directory: root,
      package: './cmd/api',
      flags: ['-tags', 'a b'],
      env: { CGO_ENABLED: '0' },
    })
    expect(service.run).toEqual({ kind: 'artifact' })
  })

  test('another command keeps its line, and the program is its output', async () => {
    const { root, service } = await air('[build]\ncmd = "make build"\nbin = "bin/app"\n')
    expect(service).toMatchObject({
      build: {
        kind: 'command',
        command: { kind: 'shell', line: 'make build', directory: root },
        output: path.join(root, 'bin/app'),
      },
      run: { kind: 'artifact' },
    })
    const chained = await air('[build]\ncmd = "templ generate && go build -o ./tmp/main ."\n')
    expect(chained.service.build).toMatchObject({ kind: 'command', output: path.join(chained.root, 'tmp/main') })
    const script = await air('[build]\ncmd = "make"\nbin = "./run.sh"\n')
    expect(script.service).toMatchObject({ build: { kind: 'command' }, run: { command: { argv: ['./run.sh'] } } })
    expect(script.service.build).not.toHaveProperty('output')
  })

  test('a debugger gets the output as an argument', async () => {
    const { root, service } = await air('[build]\nfull_bin = "dlv exec --headless ./tmp/main -- -x"\n')
    const output = path.join(root, 'tmp/main')
    expect(service).toMatchObject({
      build: { kind: 'command', output },
      run: { kind: 'command', command: { kind: 'argv', argv: ['dlv', 'exec', '--headless', output, '--', '-x'] } },
    })
  })

  test('bin with blanks is split, with a warning', async () => {
    const { service, notes } = await air('[build]\nbin = "./tmp/main server --x"\nargs_bin = ["y"]\n')
    expect(service).toMatchObject({ build: { kind: 'go' }, run: { kind: 'artifact' }, args: ['server', '--x', 'y'] })
    expect(notes).toContain('2:1 air 1.62 and later take a bin with blanks as one file name')
  })

  test('full_bin gives environment and words, or a line', async () => {
    const { service } = await air('[build]\nfull_bin = "APP_ENV=dev NAME=\'a b\' ./tmp/main --port 1"\n')
    expect(service).toMatchObject({
      env: { APP_ENV: 'dev', NAME: 'a b' },
      run: { kind: 'artifact' },
      args: ['--port', '1'],
    })
    const shell = await air('[build]\nfull_bin = "A=1 true && ./tmp/main"\n')
    const output = path.join(shell.root, 'tmp/main')
    expect(shell.service).toMatchObject({
      env: { A: '1' },
      build: { output },
      run: { command: { kind: 'shell', line: `true && ${output}` } },
    })
    const expanded = await air('[build]\nfull_bin = "A=$HOME ./tmp/main"\n')
    expect(expanded.service).toMatchObject({ env: {}, run: { command: { kind: 'shell' } } })
    expect((await air('[build]\nfull_bin = "/opt/x y"\n')).notes).toContain('2:1 air quotes a full_bin')
  })

  test('entrypoint looks on the PATH, then in root, and beats bin', async () => {
    const root = tree({
      'bin/tool': '',
      ...base,
      tool: '',
      '.air.toml': '[build]\nentrypoint = ["tool", "run"]\nbin = "x"\n',
    })
    chmodSync(path.join(root, 'bin/tool'), 0o755)
    const found = await load(root, { env: { PATH: path.join(root, 'bin') } })
    expect(only(found).run).toMatchObject({ command: { argv: ['tool', 'run'] } })
    expect(noteTexts(found)).toContain('2:1 "tool" is taken from the PATH')
    expect(only(await load(root)).run).toMatchObject({ command: { argv: ['./tool', 'run'] } })
    const { service } = await air('[build]\nentrypoint = "./tmp/main"\n')
    expect(service).toMatchObject({ build: { kind: 'go' }, run: { kind: 'artifact' } })
    const other = await air(
      'root = "src"\n[build]\nentrypoint = ["./tmp/main", "a"]\ncmd = "go build -o src/tmp/main ."\n',
    )
    expect(other.service).toMatchObject({ build: { kind: 'go' }, args: ['a'] })
  })

  test('full_bin > entrypoint > [proc].cmd > bin > default', async () => {
    const lines = ['full_bin = "./one"', 'entrypoint = ["./two", "arg"]', '', 'bin = "./four"']
    const told: string[] = []
    for (const [index] of lines.entries()) {
      const proc = index <= 2 ? '[proc]\ncmd = "./three"\n' : ''
      const { root, service } = await air(`${proc}[build]\ncmd = "make"\n${lines.slice(index).join('\n')}\n`)
      const output = service.build.kind === 'command' ? service.build.output : undefined
      told.push(`${path.relative(root, output ?? '')} ${service.args.join()}`)
    }
    expect(told).toEqual(['one ', 'two arg', 'three ', 'four '])
  })

  test('[proc] gives name and command, and air is said to ignore it', async () => {
    const { service, notes } = await air('[proc]\nname = "my api"\ncmd = "./tmp/main -c x"\n')
    expect(service).toMatchObject({ name: 'my-api', build: { kind: 'go' }, args: ['-c', 'x'] })
    expect(notes).toContain('1:2 air ignores the table [proc]')
  })

  test('args_bin are arguments as they stand', async () => {
    const args = String.raw`["a b", "*.log", "$HOME", "--x=1"]`
    const { service, notes } = await air(`[build]\nargs_bin = ${args}\n`)
    expect(service.args).toEqual(['a b', '*.log', '$HOME', '--x=1'])
    expect(notes).toContain(
      '2:1 Each element of args_bin is one argument here; air lets a shell split and expand "a b", "*.log", "$HOME".',
    )
    expect((await air('[build]\nargs_bin = ["--x"]\n', { args: ['y z'] })).service.args).toEqual(['--x', 'y z'])
  })

  test('tmp_dir rewrites what still has its default', async () => {
    const { service } = await air('tmp_dir = "out/x"\n')
    expect(service).toMatchObject({ build: { kind: 'go', package: '.' }, run: { kind: 'artifact' } })
    expect(service.watch.ignore).toEqual(['.*/', '/assets/**', '/out/x/**', '/vendor/**', '/testdata/**'])
    const own = await air('tmp_dir = "out"\n[build]\nexclude_dir = ["a"]\n')
    expect(own.service.watch.ignore).toEqual(['.*/', '/a/**', '/out/**', '/testdata/**'])
  })

  test('what is built is run where no setting names another program', async () => {
    const { service, notes } = await air('[build]\ncmd = "go build -o bin/x ."\n')
    expect(service).toMatchObject({ build: { kind: 'go' }, run: { kind: 'artifact' } })
    expect(notes).toContain('2:1 The build writes bin/x')
  })

  test('the block of the platform overrides, but for empty texts', async () => {
    const toml =
      '[build]\ncmd = "make"\nbin = "x"\npre_cmd = ["a"]\n[build.linux]\ncmd = ""\nbin = "lin"\npre_cmd = []\n[build.darwin]\nbin = "mac"\n[build.windows]\nbin = "win.exe"\n'
    const bins: string[] = []
    for (const platform of ['linux', 'darwin', 'win32', 'freebsd'] as const) {
      const { root, service } = await air(toml, { platform })
      bins.push(path.relative(root, service.build.kind === 'command' ? (service.build.output ?? '') : ''))
      expect(service.before.length).toBe(platform === 'linux' ? 0 : 1)
    }
    expect(bins).toEqual(['lin', 'mac', 'win.exe', 'x'])
    expect((await air('', { platform: 'win32' })).service.build).toMatchObject({ kind: 'go' })
  })
})

describe('root', () => {
  test('is what is watched; commands run in the working directory', async () => {
    const { root, service, notes } = await air('root = "./src/"\n[build]\npre_cmd = ["gen"]\nexclude_dir = ["x"]\n')
    const src = path.join(root, 'src')
    expect(service).toMatchObject({
      directory: src,
      workingDirectory: root,
      build: { directory: root },
      watch: { roots: [src] },
      before: [{ line: 'gen', directory: root }],
    })
    expect(notes).toContain('1:1 root is only what is watched')
    expect((await air('root = "~/x"\n', { env: { HOME: '/home/me' } })).service.directory).toBe('/home/me/x')
  })
})

describe('filters', () => {
  test('exclude_dir is exact, without globs', async () => {
    const { service, notes } = await air('[build]\nexclude_dir = [" web/ ", "node_modules", "./gen", "a*"]\n')
    expect(service.watch.ignore).toEqual([
      '.*/',
      '/web/**',
      '/node_modules/**',
      '/gen/**',
      String.raw`/a\*/**`,
      '/tmp/**',
      '/testdata/**',
    ])
    expect(notes).toContain('2:1 exclude_dir "node_modules" is the one in root only; "**/node_modules"')
    expect(notes).toContain('2:1 "./gen" of exclude_dir never matches in air')
    expect(notes).toContain('2:1 exclude_dir takes no globs in air: "a*"')
  })

  test('exclude_file is a glob below root, include_file an exact path', async () => {
    const { service, notes } = await air(
      '[build]\nexclude_file = ["*.pb.go"]\ninclude_file = ["conf/a.yml", "vendor/x.go"]\ninclude_ext = ["go", "env"]\n',
    )
    expect(service.watch.ignore).toContain('/*.pb.go')
    expect(service.watch.include).toEqual(['**/*.go', '**/*.env', '/conf/a.yml', '/vendor/x.go'])
    expect(notes).toContain('3:1 include_file "vendor/x.go" lies in vendor, which is excluded')
    expect((await air('[build]\ninclude_ext = ["*"]\n')).service.watch.include).toEqual(['**'])
  })

  test('include_dir inside root replaces it, outside adds to it', async () => {
    const { root, service, notes } = await air('[build]\ninclude_dir = ["cmd", "pkg/"]\n')
    expect(service.watch.roots).toEqual([path.join(root, 'cmd'), path.join(root, 'pkg')])
    expect(notes).toContain('2:1 With include_dir the files in root itself are not watched')
    const outer = tree({ ...base, 'app/.air.toml': '[build]\ninclude_dir = ["../lib", "../none"]\n', 'lib/x.go': '' })
    const loaded = await load(path.join(outer, 'app'))
    expect(only(loaded).watch.roots).toEqual([path.join(outer, 'app'), path.join(outer, 'lib')])
    expect(noteTexts(loaded)).toContain('2:1 The directory ../none of include_dir does not exist')
    const old = await air('watch_dir = "cmd"\n')
    expect(old.service.watch.roots).toEqual([path.join(old.root, 'cmd')])
    expect(old.notes).toContain('1:1 watch_dir became include_dir')
  })

  test('exclude_regex keeps its meaning, and a match of the project itself is told', async () => {
    const { service, notes } = await air('[build]\nexclude_regex = ["(?i)MOCK", "shop"]\n')
    expect(service.watch.ignorePatterns).toEqual(['[mM][oO][cC][kK]', 'shop'])
    expect(notes).toContain('2:1 The exclude_regex "shop" matches the path of the project itself')
    const root = tree({ ...base, '.air.toml': '' }, 'my_test.go.d')
    expect(noteTexts(await load(root))).toContain('The exclude_regex "_test.go" matches')
  })

  test('testdata_dir, follow_symlink, poll', async () => {
    const { service, project } = await air(
      'testdata_dir = "fixtures"\n[build]\nexclude_dir = []\nfollow_symlink = true\npoll = true\npoll_interval = 100\n',
    )
    expect(service.watch).toMatchObject({ followLinks: true, ignore: ['.*/', '/tmp/**', '/fixtures/**'] })
    expect(project.watch).toMatchObject({ mode: 'poll', pollMs: 100 })
    expect((await air('[build]\npoll = true\n')).project.watch.pollMs).toBe(500)
  })
})

describe('commands, proxy and output', () => {
  test('pre_cmd, post_cmd, env_files, stop_on_error, log, screen', async () => {
    const { root, service, project, notes } = await air(
      'env_files = [".env", ".env.local"]\n[build]\npre_cmd = ["a", "b"]\npost_cmd = ["c"]\nstop_on_error = false\n[log]\nmain_only = true\n[screen]\nclear_on_rebuild = true\n',
    )
    expect(service.before).toEqual(['a', 'b'].map((line) => ({ kind: 'shell', line, directory: root })))
    expect(project).toMatchObject({
      atExit: [{ kind: 'shell', line: 'c' }],
      atStart: [],
      quiet: true,
      clearOnRebuild: true,
    })
    expect(service.envFiles).toEqual([path.join(root, '.env'), path.join(root, '.env.local')])
    expect(notes).toContain('3:1 A failed pre_cmd ends the cycle here; air would go on to the build.')
    expect(notes).toContain('5:1 stop_on_error has no counterpart')
    expect((await air('[build]\npre_cmd = ["a"]\nstop_on_error = true\n')).notes).not.toContain('pre_cmd')
  })

  test('proxy', async () => {
    const { service, notes } = await air(
      '[proxy]\nenabled = true\nproxy_port = 8090\napp_port = 8080\napp_start_timeout = 2000\n',
    )
    expect(service).toMatchObject({
      listen: { host: '0.0.0.0', port: 8090, fixed: true },
      appPort: 8080,
      browserReload: true,
      ready: { kind: 'auto', timeoutMs: 2000 },
    })
    expect(notes).toContain('4:1 The app gets a port of its own in PORT; if it binds 8080 all the same')
    expect((await air('[proxy]\nenabled = true\n')).service.listen).toMatchObject({ port: 0 })
    const off = await air('[proxy]\nproxy_port = 8090\napp_port = 8080\n')
    expect(off.service.listen).toMatchObject({ port: 8080, fixed: false })
    expect(off.service.appPort).toBeUndefined()
    expect(off.notes).toContain('The proxy of air is not in use')
  })

  test('rules run their command and swallow the change', async () => {
    const { root, service } = await air(
      `[build]
exclude_dir = ["assets", "web"]
[[build.rules]]
name = "css"
cmd = "tailwind"
include_dir = ["assets/css", "web"]
include_ext = ["css"]
exclude_regex = ["out[.]css$"]
[[build.rules]]
cmd = "sqlc"
include_file = ["db/q.sql"]
[[build.rules]]
cmd = "all"
include_dir = ["x"]
`,
    )
    expect(service.rules).toEqual([
      {
        name: 'css',
        inputs: ['/assets/css/**/*.css', '/web/**/*.css'],
        ignorePatterns: ['out[.]css$'],
        command: { kind: 'shell', line: 'tailwind', directory: root },
        outputs: [],
        action: 'run',
      },
      {
        name: 'rule-1',
        inputs: ['/db/q.sql'],
        ignorePatterns: [],
        command: { kind: 'shell', line: 'sqlc', directory: root },
        outputs: [],
        action: 'run',
      },
      {
        name: 'rule-2',
        inputs: ['/x/**'],
        ignorePatterns: [],
        command: { kind: 'shell', line: 'all', directory: root },
        outputs: [],
        action: 'run',
      },
    ])
    expect(service.watch.ignore).toEqual(['.*/', '/assets/*', '!/assets/css', '/tmp/**', '/testdata/**'])
    expect(service.watch.include).toEqual(expect.arrayContaining(['/assets/css/**/*.css', '/db/q.sql', '/x/**']))
  })
})
