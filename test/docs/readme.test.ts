import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { addCommands } from '../../src/cli/commands.ts'
import { selfSigned } from '../../src/gateway/tls/self-signed.ts'
import { load, trees } from '../project/tree.ts'
import { anchorsOf, checkout, page, pages } from './markdown.ts'

const tree = trees()
const all = pages()
const { scripts, engines } = JSON.parse(readFileSync(path.join(checkout, 'package.json'), 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>
  readonly engines: { readonly node: string }
}

const go = 'package main\n\nimport "net/http"\n\nfunc main() { _ = http.ListenAndServe("", nil) }\n'
const node = 'require("node:http").createServer().listen(process.env.PORT)\n'

const { cert, key } = selfSigned(new Date(), 10)

/** A project in which every service of the documentation's settings can be found. */
const project = {
  'go.mod': 'module example.com/shop\n\ngo 1.23\n',
  'main.go': go,
  'services/orders/go.mod': 'module example.com/orders\n\ngo 1.23\n',
  'services/orders/main.go': go,
  'services/auth/go.mod': 'module example.com/auth\n\ngo 1.23\n',
  'services/auth/main.go': go,
  'web/package.json': '{ "name": "web", "scripts": { "start": "node server.js" } }',
  'web/server.js': node,
  'tls/fullchain.pem': cert,
  'tls/privkey.pem': key,
}

const yaml = all.flatMap(({ name, text }) =>
  Array.from(text.matchAll(/^```yaml\n([\s\S]*?)^```$/gm), ([, block = ''], index) => ({ name, index, block })),
)

describe('settings in the documentation', () => {
  it('are marked by their first line', () => {
    expect(yaml.length).toBeGreaterThan(10)
    expect(yaml.filter(({ block }) => !block.startsWith('# hotlane.yaml\n')).map(({ name }) => name)).toEqual([])
  })

  it.each(yaml)('are read without an error: $name, block $index', async ({ block }) => {
    const loaded = await load(tree({ ...project, 'hotlane.yaml': block }))
    expect(loaded.project.services).not.toEqual([])
    expect(loaded.project.notes).toEqual([])
  })
})

describe('links', () => {
  const links = all
    .flatMap(({ name, text }) => Array.from(text.matchAll(/\]\(([^)\s]+)\)/g), ([, target = '']) => ({ name, target })))
    .filter(({ target }) => !/^https?:/.test(target))

  it.each(links)('$name -> $target', ({ name, target }) => {
    const [file = '', anchor] = target.split('#')
    const found = path.join(checkout, file === '' ? name : path.join(path.dirname(name), file))
    expect(existsSync(found)).toBe(true)
    const anchors = anchor === undefined ? [anchor] : anchorsOf(readFileSync(found, 'utf8'))
    expect(anchors).toContain(anchor)
  })

  it('lead from the README to every page', () => {
    const linked = new Set(links.filter(({ name }) => name === 'README.md').map(({ target }) => target))
    expect(all.map(({ name }) => name).filter((name) => name !== 'README.md' && !linked.has(name))).toEqual([])
  })
})

describe('commands in the documentation', () => {
  const lines = all.flatMap(({ name, text }) =>
    Array.from(text.matchAll(/^ {4,}(?:\$ )?(\S.*)$/gm), ([, line = '']) => ({ name, line })),
  )

  it('name scripts of package.json', () => {
    const named = lines.flatMap(({ line }) =>
      Array.from(line.matchAll(/npm (?:run )?([\w:]+)/g), ([, word = '']) => word),
    )
    expect(named).toContain('demo')
    expect(named.filter((word) => !['ci', 'install', 'run'].includes(word) && scripts[word] === undefined)).toEqual([])
  })

  it('name commands of hotlane', () => {
    const root = new Command()
    addCommands(root, { rest: [], exit: () => undefined })
    const known = new Set(root.commands.map((command) => command.name()))
    const inline = all.flatMap(({ name, text }) =>
      Array.from(text.matchAll(/`(hotlane [^`]+)`/g), ([, line = '']) => ({ name, line })),
    )
    const used = [...lines, ...inline].flatMap(({ name, line }) =>
      Array.from(line.matchAll(/(?:^|npx |bin\/)hotlane(?:\.js)? ([a-z]\w*)/g), ([, word = '']) => ({ name, word })),
    )
    expect(used.length).toBeGreaterThan(20)
    expect(used.filter(({ word }) => !known.has(word) && word !== 'help')).toEqual([])
  })
})

describe('README.md', () => {
  const { text } = page('README.md')

  it('asks for the Node that package.json asks for', () => {
    expect(`>=${/^Node (\d+\.\d+) or newer/m.exec(text)?.[1]}`).toBe(engines.node)
  })

  it('has the place of the measured figures, once', () => {
    expect(text.match(/<!-- \/?measured -->/g)).toEqual(['<!-- measured -->', '<!-- /measured -->'])
  })
})
