import { describe, expect, it } from 'vitest'
import type { Rule, Service } from '../model/service.ts'
import { type ImpactFacts, judgeChange, judgeFile } from './impact.ts'

function service(build: Service['build'], more: Partial<Service> = {}): Service {
  return {
    name: 'shop',
    directory: '/p',
    build,
    before: [],
    run: { kind: 'artifact' },
    workingDirectory: '/p',
    args: [],
    env: {},
    envFiles: ['/p/.env.shop'],
    listen: { host: '127.0.0.1', port: 8080, fixed: false },
    route: { path: '/' },
    overlap: 'auto',
    ready: { kind: 'auto', timeoutMs: 1000 },
    stop: { signal: 'SIGTERM', graceMs: 1000 },
    drainMs: 1000,
    watch: { roots: ['/p'], include: [], ignore: [], ignorePatterns: [], gitignore: true, followLinks: false },
    rules: [],
    after: [],
    restartOnCrash: true,
    browserReload: true,
    ...more,
  }
}

function facts(subject: Service, more: Partial<ImpactFacts> = {}): ImpactFacts {
  return {
    service: subject,
    unwatched: (file) => (file.includes('/node_modules/') ? 'always ignored: node_modules' : undefined),
    buildFailed: false,
    goDirectory: (file) => (/^\/p\/(used|other)\//.exec(file)?.[0] ?? '/p/').slice(0, -1),
    takes: (rule, file) => rule.inputs.some((input) => file.endsWith(input)),
    ...more,
  }
}

const go = service({ kind: 'go', directory: '/p', package: '.', flags: [], env: {} })
const script = service({ kind: 'none' })
const cargo = service({
  kind: 'command',
  command: { kind: 'argv', argv: ['cargo', 'build'] },
  output: '/p/target/shop',
})
const affects = (file: string): string | undefined => (file.startsWith('/p/used/') ? 'in package used' : undefined)

describe('what a change of a file does', () => {
  it.each([
    ['a Go file of the program', go, { affects }, '/p/used/a.go', 'rebuild'],
    ['a file that the program embeds', go, { affects }, '/p/used/page.html', 'rebuild'],
    ['a Go file of another program', go, { affects }, '/p/other/a.go', 'nothing'],
    ['the same after a failed build', go, { affects, buildFailed: true }, '/p/other/a.go', 'rebuild'],
    ['a Go file before the toolchain was asked', go, {}, '/p/other/a.go', 'rebuild'],
    ['a Go test', go, {}, '/p/other/a_test.go', 'nothing'],
    ['go.mod before the toolchain was asked', go, {}, '/p/go.mod', 'rebuild'],
    ['a template', go, { affects }, '/p/templates/a.tmpl', 'restart'],
    [
      'a template beside the code of the program',
      go,
      { affects: (file: string) => (file === '/p/used/any.go' ? 'in package used' : undefined) },
      '/p/used/views/a.tmpl',
      'restart',
    ],
    ['a template beside the code of another program', go, { affects }, '/p/other/views/a.tmpl', 'nothing'],
    ['settings', go, { affects }, '/p/config/app.yaml', 'restart'],
    ['a style sheet', go, { affects }, '/p/static/a.css', 'reload'],
    ['a script for browsers', go, { affects }, '/p/web/a.js', 'reload'],
    ['prose', go, { affects }, '/p/README.md', 'nothing'],
    ['an env file', go, { affects }, '/p/.env.shop', 'restart'],
    ['an ignored file', go, {}, '/p/node_modules/x/a.go', 'nothing'],
    ['a source of a script', script, {}, '/p/src/a.mjs', 'rebuild'],
    ['a script for browsers beside it', script, {}, '/p/public/a.js', 'reload'],
    ['prose beside a script', script, {}, '/p/README.md', 'nothing'],
    ['a .gitignore beside a script', script, {}, '/p/.gitignore', 'nothing'],
    ['an unknown file beside a script', script, {}, '/p/schema.graphql', 'rebuild'],
    ['an input of a command', cargo, {}, '/p/src/main.rs', 'rebuild'],
  ] as const)('%s', (_name, subject, more, file, impact) => {
    expect(judgeFile({ path: file, kind: 'changed' }, facts(subject, more)).impact).toBe(impact)
  })

  it('is what the include list says for a kind of file that nothing else knows', () => {
    const included = { ...go, watch: { ...go.watch, include: ['*.md'] } }
    expect(judgeFile({ path: '/p/a.md', kind: 'changed' }, facts(included, { affects })).impact).toBe('restart')
  })
})

describe('rules', () => {
  const rule = (name: string, input: string): Rule => ({
    name,
    inputs: [input],
    ignorePatterns: [],
    outputs: [],
    action: 'run',
  })
  const ruled = { ...go, rules: [rule('first', '.templ'), rule('second', '.templ'), rule('third', '.sql')] }

  it('come before what the toolchain says, and the first that matches wins', () => {
    const judged = judgeFile({ path: '/p/used/a.templ', kind: 'changed' }, facts(ruled, { affects }))
    expect(judged).toMatchObject({ impact: 'rule', rule: { name: 'first' } })
  })

  it('are each taken once for a whole change, and the strongest impact is told', () => {
    const files = ['/p/a.sql', '/p/b.templ', '/p/c.templ', '/p/used/a.go'].map((path) => ({
      path,
      kind: 'changed' as const,
    }))
    const judged = judgeChange(files, facts(ruled, { affects }))
    expect(judged.rules.map(({ name }) => name)).toEqual(['first', 'third'])
    expect(judged).toMatchObject({ impact: 'rebuild', why: 'used/a.go: in package used' })
  })
})
