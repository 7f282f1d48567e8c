import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { ginMain, load, only, trees } from '../../test/project/tree.ts'

const tree = trees()
const module = (name: string): string => `module example.com/${name}\n\ngo 1.23\n`
const tool = 'package main\n\nfunc main() {}\n'

async function names(directory: string, options: Parameters<typeof load>[1] = {}): Promise<readonly string[]> {
  return (await load(directory, options)).project.services.map((service) => service.name)
}

describe('a Go module', () => {
  test('with a program at its root is named after the module', async () => {
    const root = tree({ 'go.mod': module('gin-shop/v2'), 'main.go': ginMain })
    const loaded = await load(root)
    expect(only(loaded)).toMatchObject({
      name: 'gin-shop',
      directory: root,
      build: { kind: 'go', directory: root, package: '.' },
    })
    expect(loaded.project.source).toEqual({ kind: 'detected' })
  })

  test('in cmd/* watches the module and runs at its root', async () => {
    const root = tree({ 'go.mod': module('shop'), 'cmd/api/main.go': ginMain, 'internal/x/x.go': 'package x\n' })
    expect(only(await load(root))).toMatchObject({
      name: 'api',
      directory: root,
      workingDirectory: root,
      build: { directory: root, package: './cmd/api' },
    })
  })

  test('of several programs serves those that are seen to listen, through packages of the module too', async () => {
    const root = tree({
      'go.mod': module('shop'),
      'cmd/api/main.go':
        'package main\n\nimport "example.com/shop/internal/server"\n\nfunc main() { server.Start() }\n',
      'cmd/admin/main.go': ginMain,
      'cmd/migrate/main.go': tool,
      'internal/server/server.go':
        'package server\n\nimport "net/http"\n\nfunc Start() { _ = http.ListenAndServe(":80", nil) }\n',
    })
    const loaded = await load(root)
    expect(loaded.project.services.map(({ name, listen }) => [name, listen.port])).toEqual([
      ['admin', 8080],
      ['api', 8081],
    ])
    expect(loaded.project.notes.map(({ text }) => text).join()).toContain('migrate')
    expect(await names(root, { services: ['migrate'] })).toEqual(['migrate'])
  })

  test('of which no program is seen to listen asks for a choice', async () => {
    const root = tree({ 'go.mod': module('shop'), 'cmd/a/main.go': tool, 'cmd/b/main.go': tool })
    await expect(load(root)).rejects.toMatchObject({
      code: 'HL1008',
      remedy: expect.stringContaining('--service NAME'),
    })
    expect(await names(root, { services: ['b'] })).toEqual(['b'])
    const single = tree({ 'go.mod': module('shop'), 'cmd/a/main.go': tool })
    expect(await names(single)).toEqual(['a'])
  })

  test('does not take files that are not built, or tests, for programs', async () => {
    const root = tree({
      'go.mod': module('shop'),
      'main.go': ginMain,
      'cmd/gen/main.go': `//go:build ignore\n\n${ginMain}`,
      'cmd/win/main_windows.go': ginMain,
      'cmd/x/main_test.go': ginMain,
    })
    expect(await names(root)).toEqual(['shop'])
  })

  test('is looked through below its root where neither root nor cmd has a program', async () => {
    const root = tree({ 'go.mod': module('shop'), 'services/orders/main.go': ginMain, 'lib/lib.go': 'package lib\n' })
    expect(only(await load(root))).toMatchObject({ name: 'orders', build: { package: './services/orders' } })
  })

  test('is found from a directory inside it', async () => {
    const root = tree({ 'go.mod': module('shop'), 'cmd/api/main.go': ginMain })
    const inside = path.join(root, 'cmd/api')
    expect(only(await load(inside))).toMatchObject({
      name: 'api',
      directory: inside,
      build: { directory: inside, package: '.' },
    })
  })
})

describe('a tree of projects', () => {
  test('names services by directory, and makes names unique', async () => {
    const root = tree({
      'orders/go.mod': module('orders'),
      'orders/main.go': ginMain,
      'team/a/go.mod': module('a'),
      'team/a/cmd/api/main.go': ginMain,
      'team/a/cmd/web/main.go': ginMain,
      'team/b/go.mod': module('b'),
      'team/b/cmd/api/main.go': ginMain,
      'team/b/cmd/web/main.go': ginMain,
      'web/package.json': '{ "name": "@shop/web", "scripts": { "start": "node server.js" } }',
      'tools/go.mod': module('tools'),
      'tools/main.go': tool,
    })
    expect(await names(root)).toEqual(['orders', 'a-api', 'a-web', 'b-api', 'b-web', 'web'])
  })

  test('follows go.work, and looks neither into ignored directories nor below a project', async () => {
    const root = tree({
      'go.work': 'go 1.23\n\nuse (\n\t./a/b/c/d // deep\n\t.\n)\n',
      'go.mod': module('all'),
      'main.go': ginMain,
      'a/b/c/d/go.mod': module('d'),
      'a/b/c/d/main.go': ginMain,
      'out/go.mod': module('out'),
      'out/main.go': ginMain,
      'node_modules/x/package.json': '{ "scripts": { "start": "node x.js" } }',
      '.gitignore': '/out/\n',
    })
    expect(await names(root)).toEqual(['all', 'd'])
  })

  test('go.work may use what lies outside, whatever .gitignore says inside', async () => {
    const root = tree({
      'app/go.work': 'go 1.23\nuse ../lib\nuse ../svc\n',
      'app/.gitignore': 'x\n',
      'lib/inner/deep.txt': '',
      'svc/go.mod': module('svc'),
      'svc/main.go': ginMain,
    })
    const loaded = await load(path.join(root, 'app'))
    expect(only(loaded)).toMatchObject({ name: 'svc', directory: path.join(root, 'svc') })
  })

  test('a front end beside a Go service is no service', async () => {
    const root = tree({
      'go.mod': module('shop'),
      'main.go': ginMain,
      'web/package.json': '{ "scripts": { "dev": "vite" } }',
    })
    expect(await names(root)).toEqual(['shop'])
    const split = tree({
      'api/go.mod': module('api'),
      'api/main.go': ginMain,
      'web/package.json': '{ "scripts": { "dev": "vite" } }',
    })
    expect(await names(split)).toEqual(['api'])
  })
})

describe('a Node project', () => {
  const manifest = (content: object): string => JSON.stringify(content)

  test.each([
    [
      { scripts: { start: 'node server.js --x "a b"' } },
      { build: { kind: 'none' }, run: { command: { argv: ['node', 'server.js', '--x', 'a b'] } } },
    ],
    [
      { scripts: { start: 'ts-node server.ts' } },
      { run: { command: { kind: 'shell', line: 'PATH="$PWD/node_modules/.bin:$PATH"; ts-node server.ts' } } },
    ],
    [{ main: 'lib/main.js' }, { run: { command: { argv: ['node', 'lib/main.js'] } } }],
    [{ scripts: { dev: 'nodemon server.js' } }, { run: { command: { argv: ['node', 'server.js'] } } }],
    [{ scripts: { start: 'nodemon lib/main.js' } }, { run: { command: { argv: ['node', 'lib/main.js'] } } }],
    [
      { scripts: { start: 'node dist/main.js', build: 'tsc' } },
      { build: { kind: 'command', command: { argv: ['npm', 'run', 'build'] } }, watch: { ignore: ['/dist/**'] } },
    ],
    [{ scripts: { start: 'node server.js', build: 'tsc' } }, { build: { kind: 'none' } }],
  ])('%j', async (content, service) => {
    const files = { 'server.js': 'require("http").createServer().listen(1)', 'lib/main.js': '' }
    const root = tree({ 'package.json': manifest(content), ...files })
    expect(only(await load(root))).toMatchObject(service)
  })

  test('that is a front end is started if there is nothing else', async () => {
    const root = tree({ 'package.json': manifest({ name: '@shop/web', scripts: { dev: 'vite' } }) })
    expect(only(await load(root))).toMatchObject({
      name: 'web',
      run: { command: { line: expect.stringContaining('; vite') } },
    })
  })

  test.each([
    ['tsx watch src/server.ts', 'tsx src/server.ts'],
    ['node --watch server.ts', 'node server.ts'],
  ])('that is run by "%s" is run without its own watching', async (dev, line) => {
    const { project } = await load(tree({ 'package.json': manifest({ scripts: { dev } }) }))
    const run = project.services[0]?.run
    const text =
      run?.kind === 'command' ? (run.command.kind === 'shell' ? run.command.line : run.command.argv.join(' ')) : ''
    expect(text.endsWith(line)).toBe(true)
  })

  test('that only watches itself, or cannot be read, is none', async () => {
    await expect(
      load(tree({ 'package.json': manifest({ scripts: { dev: 'nodemon --exec ts-node x.ts' } }) })),
    ).rejects.toMatchObject({ code: 'HL1001' })
    await expect(load(tree({ 'package.json': '{' }))).rejects.toMatchObject({ code: 'HL1001' })
  })
})

test('a service of hotlane.yaml is detected in its own directory, by its name where there are several', async () => {
  const root = tree({
    'hotlane.yaml': 'services:\n  api: { path: go, drain: 1s }\n  web: { path: js }\n',
    'go/go.mod': module('x'),
    'go/cmd/api/main.go': ginMain,
    'go/cmd/admin/main.go': ginMain,
    'js/server.js': '',
    'js/package.json': '{}',
  })
  const loaded = await load(root)
  expect(loaded.project.services).toMatchObject([
    { name: 'api', directory: path.join(root, 'go'), drainMs: 1000, build: { package: './cmd/api' } },
    { name: 'web', build: { kind: 'none' } },
  ])
  expect(loaded.origins.find((origin) => origin.path === 'services.api.build.go')?.from).toBe('detected')
  expect(loaded.project.settingsFiles).toContain(path.join(root, 'js', 'package.json'))
})
