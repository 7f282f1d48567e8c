import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { describeWithGo } from '../support/needs.ts'
import { goApp, goMain } from './support/apps.ts'
import { Hotlane, text, workspace } from './support/hotlane.ts'
import { freePort } from './support/processes.ts'

/** Answers with its arguments and two variables. */
function telling(version: string): string {
  return goMain(version).replace(
    'fmt.Fprint(w, version)',
    'fmt.Fprint(w, version, " ", os.Args[1:], " ", os.Getenv("FROM_FILE"), os.Getenv("INLINE"))',
  )
}

describeWithGo('a project that was run with air', () => {
  it('is run as its .air.toml says: hooks, env files, arguments, rules, proxy', async () => {
    const port = await freePort()
    await using project = await workspace({
      ...goApp('v1'),
      'main.go': telling('v1'),
      '.env.air': 'FROM_FILE=file\n',
      'note.md': 'one',
      '.air.toml': `root = "."
tmp_dir = "tmp"
env_files = [".env.air"]
[build]
pre_cmd = ["echo pre >> hooks.log"]
cmd = "go build -o ./tmp/main ."
full_bin = "INLINE=yes ./tmp/main first"
args_bin = ["a b", "c"]
post_cmd = ["echo post >> hooks.log"]
include_ext = ["go"]
delay = 0
[[build.rules]]
name = "notes"
cmd = "echo rule >> hooks.log"
include_ext = ["md"]
[proxy]
enabled = true
proxy_port = ${port}
app_port = 8099
`,
    })
    await using hotlane = new Hotlane(project.directory)
    await hotlane.switched(1)
    const url = `http://127.0.0.1:${port}`
    expect(await text(url)).toBe('v1 [first a b c] fileyes')
    await project.write('note.md', 'two')
    expect((await hotlane.until('rule.finished')).rule).toBe('notes')
    await project.write('main.go', telling('v2'))
    await hotlane.switched(2)
    expect(await text(url)).toBe('v2 [first a b c] fileyes')
    await project.write('.env.air', 'FROM_FILE=changed-\n')
    await hotlane.switched(3)
    expect(await text(url)).toBe('v2 [first a b c] changed-yes')
    hotlane.signal('SIGINT')
    expect((await hotlane.exited).code).toBe(130)
    expect((await readFile(project.path('hooks.log'), 'utf8')).split('\n')).toEqual(['pre', 'rule', 'pre', 'post', ''])
    expect(hotlane.all('project.note').length).toBeGreaterThan(0)
  })

  it('is run as its air.conf.json says', async () => {
    await using project = await workspace({
      ...goApp('v1'),
      'air.conf.json':
        '# air.conf.json\n{ "cmd": "go build -o ./out/app .", "bin": "./out/app", "delay": 200, "logs": true }\n',
    })
    await using hotlane = new Hotlane(project.directory, { args: ['--listen', '127.0.0.1:0'] })
    await hotlane.switched(1)
    expect(await text(await hotlane.url())).toBe('v1')
  })
})

describeWithGo('a project that was run with fresh', () => {
  it('is run as its runner.conf says', async () => {
    await using project = await workspace({
      ...goApp('v1'),
      'runner.conf': 'root: .\ntmp_path: ./tmp\nbuild_delay: 600\nvalid_ext: .go, .tmpl',
    })
    await using hotlane = new Hotlane(project.directory, { args: ['--listen', '127.0.0.1:0'] })
    await hotlane.switched(1)
    await project.write('main.go', goMain('v2'))
    await hotlane.switched(2)
    expect(await text(await hotlane.url())).toBe('v2')
  })
})

describeWithGo('a project that was run with realize', () => {
  it('is run as its .realize.yaml says', async () => {
    await using project = await workspace({
      ...goApp('v1'),
      '.realize.yaml': `schema:
  - name: web
    path: .
    commands:
      install: { status: true }
      run: { status: true }
    watcher:
      paths: [/]
      extensions: [go]
      scripts:
        - { type: before, command: touch before.done }
`,
    })
    await using hotlane = new Hotlane(project.directory, { args: ['--listen', '127.0.0.1:0'] })
    await hotlane.switched(1)
    await project.write('main.go', goMain('v2'))
    await hotlane.switched(2)
    expect(await text(await hotlane.url('web'))).toBe('v2')
    expect(await readFile(project.path('before.done'), 'utf8')).toBe('')
  })
})
