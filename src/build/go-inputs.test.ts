import { symlink } from 'node:fs/promises'
import path from 'node:path'
import { expect, it } from 'vitest'
import { buildKit, never } from '../../test/support/build-kit.ts'
import { describeWithGo } from '../../test/support/needs.ts'
import { makeTree, write } from '../../test/support/tree.ts'
import type { BuildInputs } from './builder.ts'
import { goBuilder } from './go.ts'

const shop = {
  'go.mod': 'module example.com/shop\n\ngo 1.21\n',
  'cmd/orders/main.go': 'package main\n\nimport _ "example.com/shop/auth"\n\nfunc main() {}\n',
  'auth/auth.go': 'package auth\n',
  'auth/auth_windows.go': 'package auth\n',
  'unused/unused.go': 'package unused\n',
}

async function inputsOf(
  service: string,
  options: {
    readonly package?: string
    readonly flags?: readonly string[]
    readonly env?: Record<string, string>
  } = {},
): Promise<BuildInputs> {
  const { context } = buildKit(service, options.env)
  const build = { kind: 'go', directory: service, package: '.', flags: [], env: {}, ...options } as const
  const inputs = await goBuilder({ name: 'shop', directory: service, build }, context).inputs(never)
  if (inputs === undefined) throw new Error('go could not tell')
  return inputs
}

describeWithGo('inputs of a Go build', () => {
  it('are the files of the packages it depends on, and those of the module', async () => {
    const root = await makeTree(shop)
    const inputs = await inputsOf(root, { package: './cmd/orders' })
    const why = (file: string) => inputs.affects(path.join(root, file))
    expect(inputs.roots).toEqual([])
    expect(why('cmd/orders/main.go')).toBe('in package example.com/shop/cmd/orders')
    expect(why('auth/auth.go')).toBe('in package example.com/shop/auth')
    expect(why('auth/new.go')).toBe('in package example.com/shop/auth')
    expect(why('auth/new.s')).toBe('in package example.com/shop/auth')
    expect(why('auth/auth_windows.go')).toBe('in package example.com/shop/auth')
    expect(why('cmd/orders/default.pgo')).toBe('profile of example.com/shop/cmd/orders')
    expect(why('go.mod')).toBe('go.mod of the module')
    expect(why('go.sum')).toBe('go.sum of the module')
    expect(why('vendor/modules.txt')).toBe('list of vendored modules')
    expect(why('go.work')).toBe('go.work of the workspace')
    expect(why('../go.work')).toBe('go.work of the workspace')
    const others = [
      'auth/auth_test.go',
      'unused/unused.go',
      'auth/_draft.go',
      'auth/.#auth.go',
      'auth/notes.md',
      'README.md',
    ]
    expect(others.filter((file) => why(file) !== undefined)).toEqual([])
    expect(['auth/default.pgo', 'auth/go.mod', 'auth/go.work'].filter((file) => why(file) !== undefined)).toEqual([])
  })

  it('are what is embedded, and what would be', async () => {
    const root = await makeTree({
      'go.mod': shop['go.mod'],
      'main.go':
        'package main\n\nimport "embed"\n\n//go:embed templates/*.html\n//go:embed static\nvar Files embed.FS\n\nfunc main() {}\n',
      'static/a.css': '',
      'templates/a.html': '',
    })
    const { affects } = await inputsOf(root)
    const why = (file: string) => affects(path.join(root, file))
    expect(why('templates/a.html')).toBe('embedded by templates/*.html in package example.com/shop')
    expect(why('templates/new.html')).toBe('embedded by templates/*.html in package example.com/shop')
    expect(why('static/deep/new.css')).toBe('embedded by static in package example.com/shop')
    expect(['templates/a.txt', 'static/.a.css.swp', 'other/a.html'].filter((file) => why(file) !== undefined)).toEqual(
      [],
    )
  })

  it('are also those that are missing still', async () => {
    const root = await makeTree({
      'go.mod': shop['go.mod'],
      'main.go':
        'package main\n\nimport (\n\t_ "embed"\n\t_ "example.com/shop/later"\n)\n\n//go:embed later.txt\nvar text string\n\nfunc main() {}\n',
    })
    const { affects } = await inputsOf(root)
    expect(affects(path.join(root, 'main.go'))).toBeDefined()
    expect(affects(path.join(root, 'later/later.go'))).toBe('in package example.com/shop/later')
    expect(affects(path.join(root, 'later.txt'))).toBe('embedded by later.txt in package example.com/shop')
  })

  it('are packages of modules that a directory replaces', async () => {
    const root = await makeTree({
      'app/go.mod':
        'module example.com/app\n\ngo 1.21\n\nrequire example.com/lib v0.0.0\n\nreplace example.com/lib => ../lib\n',
      'app/main.go': 'package main\n\nimport _ "example.com/lib/log"\n\nfunc main() {}\n',
      'lib/go.mod': 'module example.com/lib\n\ngo 1.21\n',
      'lib/log/log.go': 'package log\n',
      'lib/other/other.go': 'package other\n',
    })
    const { roots, affects } = await inputsOf(path.join(root, 'app'))
    expect(roots).toEqual([path.join(root, 'lib')])
    expect(affects(path.join(root, 'lib/log/log.go'))).toBe('in package example.com/lib/log')
    expect(affects(path.join(root, 'lib/go.mod'))).toBe('go.mod of the module')
    expect(affects(path.join(root, 'lib/other/other.go'))).toBeUndefined()
  })

  it('are packages of all modules of a workspace', async () => {
    const root = await makeTree({
      'go.work': 'go 1.21\n\nuse (\n\t./app\n\t./lib\n)\n',
      'app/go.mod': 'module example.com/app\n\ngo 1.21\n',
      'app/main.go': 'package main\n\nimport _ "example.com/lib"\n\nfunc main() {}\n',
      'lib/go.mod': 'module example.com/lib\n\ngo 1.21\n',
      'lib/lib.go': 'package lib\n',
    })
    const { roots, affects } = await inputsOf(path.join(root, 'app'))
    expect(roots).toEqual([path.join(root, 'lib')])
    expect(affects(path.join(root, 'lib/lib.go'))).toBe('in package example.com/lib')
    expect(affects(path.join(root, 'go.work'))).toBe('go.work of the workspace')
    expect(affects(path.join(root, 'go.work.sum'))).toBe('go.work.sum of the workspace')
  })

  it('are vendored packages too', async () => {
    const root = await makeTree({
      'go.mod': 'module example.com/shop\n\ngo 1.21\n\nrequire example.com/lib v1.0.0\n',
      'main.go': 'package main\n\nimport _ "example.com/lib"\n\nfunc main() {}\n',
      'vendor/modules.txt': '# example.com/lib v1.0.0\n## explicit; go 1.21\nexample.com/lib\n',
      'vendor/example.com/lib/lib.go': 'package lib\n',
    })
    const { roots, affects } = await inputsOf(root)
    expect(roots).toEqual([])
    expect(affects(path.join(root, 'vendor/example.com/lib/lib.go'))).toBe('in package example.com/lib')
  })

  it('follow the tags of the build', async () => {
    const root = await makeTree({
      'go.mod': shop['go.mod'],
      'main.go': 'package main\n\nfunc main() {}\n',
      'blue.go': '//go:build blue\n\npackage main\n\nimport _ "example.com/shop/auth"\n',
      'auth/auth.go': 'package auth\n',
    })
    const auth = path.join(root, 'auth/auth.go')
    expect((await inputsOf(root)).affects(auth)).toBeUndefined()
    expect((await inputsOf(root, { flags: ['-tags', 'blue'] })).affects(auth)).toBeDefined()
    expect((await inputsOf(root, { env: { GOFLAGS: '-tags=blue' } })).affects(auth)).toBeDefined()
  })

  it('have a root above the service where the module begins there', async () => {
    const root = await makeTree(shop)
    expect((await inputsOf(path.join(root, 'cmd/orders'))).roots).toEqual([root])
  })

  it('are named as below the directory that the user named, also where that is a link', async () => {
    const root = await makeTree(Object.fromEntries(Object.entries(shop).map(([name, text]) => [`real/${name}`, text])))
    const link = path.join(root, 'link')
    await symlink(path.join(root, 'real'), link)
    const { roots, affects } = await inputsOf(link, { package: './cmd/orders' })
    expect(roots).toEqual([])
    expect(affects(path.join(link, 'auth/auth.go'))).toBe('in package example.com/shop/auth')
  })

  it('cannot be told where go.mod cannot be read', async () => {
    const root = await makeTree(shop)
    await write(root, { 'go.mod': 'nonsense\n' })
    await expect(inputsOf(root)).rejects.toThrow('go could not tell')
  })
})
