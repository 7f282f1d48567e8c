import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { execFileSync } from 'node:child_process'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { WatchRules } from '../model/service.ts'
import { createIgnore, type Ignore } from './ignore.ts'
import { matchesInclude } from './include.ts'

describe('createIgnore', () => {
  let top: string
  let directory: string

  const write = (file: string, text: string): void => {
    fs.mkdirSync(path.dirname(path.join(directory, file)), { recursive: true })
    fs.writeFileSync(path.join(directory, file), text)
  }
  const rules = (changes: Partial<WatchRules> = {}): WatchRules & { readonly directory: string } => ({
    directory,
    roots: [directory],
    include: [],
    ignore: [],
    ignorePatterns: [],
    gitignore: true,
    followLinks: false,
    ...changes,
  })
  /** Names of those that are not ignored; a trailing slash marks a directory. */
  const kept = (ignore: Ignore, ...names: string[]): string[] =>
    names.filter((name) => !ignore.ignored(path.join(directory, name).replace(/\/$/, ''), name.endsWith('/')))

  beforeEach(() => {
    top = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'hotlane-ignore-')))
    directory = path.join(top, 'service')
    fs.mkdirSync(directory)
  })
  afterEach(() => fs.rmSync(top, { recursive: true, force: true }))

  it('never watches what tools and editors keep for themselves', () => {
    const ignore = createIgnore(rules({ gitignore: false }), ['tmp', path.join(directory, 'out')])
    const names = [
      '.git/',
      'a/.git/',
      'node_modules/',
      'a/node_modules/',
      '.hotlane/',
      '.idea/',
      '.DS_Store',
      'tmp/',
      'out/',
    ]
    const files = [
      '.main.go.swp',
      'x.swx',
      '4913',
      'main.go~',
      '.#main.go',
      '#main.go#',
      'a___jb_tmp___',
      'a___jb_old___',
    ]
    expect(kept(ignore, ...names, ...files, '.main.go.kate-swp', '.goutputstream-AB12')).toEqual([])
    expect(kept(ignore, 'main.go', 'a/out/', '.env', '.github/', 'git/', 'x.swf', '4914')).toHaveLength(7)
    expect(ignore.why(path.join(directory, 'a/.git'))).toEqual({ ignored: true, reason: 'always ignored: .git' })
    expect(ignore.why(path.join(directory, 'main.go'))).toEqual({ ignored: false, reason: 'not ignored' })
    expect(ignore.why(path.join(directory, 'node_modules/p/index.js')).reason).toBe('always ignored: node_modules')
  })

  it('honours .gitignore files from the top of the repository down, and names the line', () => {
    fs.mkdirSync(path.join(top, '.git'))
    fs.writeFileSync(path.join(top, '.gitignore'), '*.log\n')
    write('.gitignore', '# build\n\ndist/\n/only-here\n')
    write('web/.gitignore', '!keep.log\nbuild\n')
    const ignore = createIgnore(rules(), [])
    expect(
      kept(ignore, 'a.log', 'web/a.log', 'web/keep.log', 'dist/', 'dist', 'x/dist/', 'only-here', 'x/only-here'),
    ).toEqual(['web/keep.log', 'dist', 'x/only-here'])
    expect(kept(ignore, 'build', 'web/build/', 'web/build/deep/x.go', 'dist/x/y.go')).toEqual(['build'])
    fs.mkdirSync(path.join(directory, 'dist'))
    expect(ignore.why(path.join(directory, 'dist')).reason).toBe('.gitignore:3 "dist/"')
    expect(ignore.why(path.join(directory, 'dist/x.go')).reason).toBe('.gitignore:3 "dist/"')
    expect(ignore.why(path.join(directory, 'web/build')).reason).toBe('web/.gitignore:2 "build"')
    expect(ignore.why(path.join(directory, 'a.log')).reason).toBe('../.gitignore:1 "*.log"')
    expect(kept(createIgnore(rules({ gitignore: false }), []), 'a.log', 'dist/')).toEqual(['a.log', 'dist/'])
  })

  it('does not look above a service that is in no repository', () => {
    fs.writeFileSync(path.join(top, '.gitignore'), '*\n')
    expect(kept(createIgnore(rules(), []), 'main.go', 'a/')).toEqual(['main.go', 'a/'])
  })

  it('watches a root even inside of what is ignored', () => {
    fs.mkdirSync(path.join(top, '.git'))
    fs.writeFileSync(path.join(top, '.gitignore'), '/service\n*.log\n')
    expect(kept(createIgnore(rules(), []), 'main.go', 'a/')).toEqual(['main.go', 'a/'])
  })

  it('lets the nearer rule bring back what the farther one ignores, and only that', () => {
    write('.gitignore', 'build\n*.tmp\n')
    write('web/.gitignore', '!build\n')
    const ignore = createIgnore(rules(), [])
    expect(kept(ignore, 'build/', 'web/build/', 'web/build/x.go', 'web/build/x.tmp', 'web/build/build')).toEqual([
      'web/build/',
      'web/build/x.go',
      'web/build/build',
    ])
  })

  it('lets the rules of hotlane.yaml outrank .gitignore', () => {
    write('.gitignore', 'generated/\n')
    const ignore = createIgnore(rules({ ignore: ['!generated/', 'docs', '/assets/*.map'] }), [])
    expect(kept(ignore, 'generated/', 'generated/x.go', 'docs/', 'a/docs', 'assets/a.map', 'a.map')).toEqual([
      'generated/',
      'generated/x.go',
      'a.map',
    ])
    expect(ignore.why(path.join(directory, 'docs')).reason).toBe('watch.ignore "docs"')
  })

  it('tests regular expressions on the absolute path of files', () => {
    const ignore = createIgnore(rules({ ignorePatterns: ['_test\\.go$', '/service/gen/'] }), [])
    expect(kept(ignore, 'a_test.go', 'a_test.go/', 'gen/x.go', 'gen/')).toEqual(['a_test.go/', 'gen/'])
    expect(ignore.why(path.join(directory, 'a_test.go')).reason).toBe('ignore pattern _test\\.go$')
    expect(() => createIgnore(rules({ ignorePatterns: ['('] }), [])).toThrow(
      expect.objectContaining({ code: 'HL1004' }),
    )
  })

  it('applies rules to roots elsewhere relative to them', () => {
    const other = path.join(top, 'shared')
    fs.mkdirSync(other)
    fs.writeFileSync(path.join(other, '.gitignore'), 'dist\n')
    const ignore = createIgnore(rules({ roots: [directory, other], ignore: ['/gen'] }), [])
    const ignored = ['dist', 'gen', 'a/gen', 'x.go'].filter((name) => ignore.ignored(path.join(other, name), false))
    expect(ignored).toEqual(['dist', 'gen'])
  })

  it('reads rules again when it is told that a file of rules has changed', () => {
    write('.gitignore', 'a\n')
    const ignore = createIgnore(rules(), [])
    expect(kept(ignore, 'a', 'b')).toEqual(['b'])
    write('.gitignore', 'b\n')
    expect(ignore.reread(path.join(directory, 'main.go'))).toBe(false)
    expect(kept(ignore, 'a', 'b')).toEqual(['b'])
    expect(ignore.reread(path.join(directory, '.gitignore'))).toBe(true)
    expect(kept(ignore, 'a', 'b')).toEqual(['a'])
  })

  it('agrees with git', { skip: !hasGit() }, () => {
    execFileSync('git', ['init', '-q'], { cwd: top })
    fs.writeFileSync(path.join(top, '.gitignore'), '*.log\n/service/bin\n**/cache/\n!important.log\n')
    write('.gitignore', '*\n!*/\n!*.go\n!*.log\n\\#odd\n')
    write('web/.gitignore', 'dist/*\n!dist/keep\ntrailing \n')
    const names = [
      'a.go',
      'a.txt',
      'a.log',
      'important.log',
      'bin',
      'bin/x.go',
      'cache/x.go',
      'x/cache/y.go',
      'web/dist/keep',
    ]
    names.push('web/dist/a.go', 'web/dist/b', '#odd', 'web/trailing', 'web/x.go', 'deep/er/x.go', 'deep/er/x.md', 'Bin')
    const ignore = createIgnore(rules(), [])
    for (const name of names) write(name === 'bin' ? 'bin/other' : name, 'x')
    const out = spawnGitCheck(directory, names)
    expect(names.filter((name) => ignore.ignored(path.join(directory, name), name === 'bin'))).toEqual(out)
  })
})

describe('matchesInclude', () => {
  const rules = (include: readonly string[]) => ({
    directory: '/srv/app',
    roots: ['/srv/app', '/srv/shared'],
    include,
    ignore: [],
    ignorePatterns: [],
    gitignore: false,
    followLinks: false,
  })

  it('lets every file through an empty list', () => {
    expect(matchesInclude(rules([]), '/srv/app/x')).toBe(true)
  })

  it.each([
    ['/srv/app/a/b.go', true],
    ['/srv/app/views/a/b.html', true],
    ['/srv/app/x/views/b.html', false],
    ['/srv/app/b.html', false],
    ['/srv/shared/c.go', true],
    ['/elsewhere/c.go', true],
    ['/elsewhere/c.html', false],
  ])('%s: %s', (file, expected) => {
    expect(matchesInclude(rules(['*.go', '/views/']), file)).toBe(expected)
  })
})

function hasGit(): boolean {
  try {
    execFileSync('git', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

function spawnGitCheck(directory: string, names: readonly string[]): string[] {
  try {
    const told = execFileSync('git', ['check-ignore', '--no-index', '-z', '--stdin'], {
      cwd: directory,
      input: `${names.join('\0')}\0`,
      encoding: 'utf8',
    })
    return told.split('\0').filter((name) => name !== '')
  } catch {
    return []
  }
}
