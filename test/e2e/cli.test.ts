import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { describeWithGo } from '../support/needs.ts'
import { goApp, nodeApp, nodeMain } from './support/apps.ts'
import { hotlane } from './support/cli.ts'
import { Hotlane, workspace } from './support/hotlane.ts'

describe('help and mistakes', () => {
  it('lists the commands', async () => {
    const { code, stdout } = await hotlane(['--help'], '.')
    expect(code).toBe(0)
    for (const command of ['dev', 'init', 'config', 'explain', 'status', 'events', 'rebuild']) {
      expect(stdout).toMatch(new RegExp(`^ {2}${command}\\b`, 'm'))
    }
  })

  it.each([
    [['dev', '--lisen', '80'], "unknown option '--lisen' (Did you mean --listen?)"],
    [['dve'], "unknown command 'dve' (Did you mean dev?)"],
    [['dev', '--poll', 'often'], 'a whole number of milliseconds'],
    [['dev', '--listen', 'nowhere:x'], '--listen'],
    [['dev', 'nowhere'], 'HL1005'],
    [['explain'], "missing required argument 'path'"],
  ])('tells %j with exit code 2', async (words, what) => {
    await using project = await workspace(nodeApp('v1'))
    const { code, stdout, stderr } = await hotlane(words, project.directory)
    expect(stderr).toContain(what)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  })

  it('says what to do where nothing is found', async () => {
    await using project = await workspace({})
    const { code, stderr } = await hotlane(['dev'], project.directory)
    expect(code).toBe(2)
    expect(stderr).toMatch(/^HL1001 no service was found in .*\n/)
  })

  it('names the command whose help says more, and prints help for a command of commands', async () => {
    await using project = await workspace(nodeApp('v1'))
    expect((await hotlane(['dve'], project.directory)).stderr).toContain('See "hotlane --help"')
    expect((await hotlane(['dev', '--lisen'], project.directory)).stderr).toContain('See "hotlane dev --help"')
    const config = await hotlane(['config'], project.directory)
    expect(config.code).toBe(2)
    expect(config.stdout + config.stderr).toMatch(/^Usage: hotlane config/)
  })

  it('does not start without any service', async () => {
    await using project = await workspace({ 'hotlane.yaml': 'services: {}\n' })
    const { code, stderr } = await hotlane(['dev'], project.directory)
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('HL1001') as string })
  })

  it('names the place of a mistake in the settings', async () => {
    await using project = await workspace({ ...nodeApp('v1'), 'hotlane.yaml': 'services:\n  app:\n    graze: 5s\n' })
    const { code, stderr } = await hotlane(['dev'], project.directory)
    expect(code).toBe(2)
    expect(stderr).toMatch(/^HL1003 hotlane\.yaml:3:5: unknown key services\.app\.graze; did you mean grace\?/)
  })
})

describe('config print', () => {
  it('tells each setting with where it comes from', async () => {
    await using project = await workspace({ ...nodeApp('v1'), 'hotlane.yaml': 'services: { app: { grace: 9s } }\n' })
    const { code, stdout } = await hotlane(['config', 'print'], project.directory)
    expect(code).toBe(0)
    expect(stdout).toMatch(/grace: 9s\s+# .*hotlane\.yaml:1:2\d/)
    expect(stdout).toMatch(/drain: 30s\s+# default/)
  })

  it('prints the schema that editors use', async () => {
    const { stdout } = await hotlane(['config', 'schema'], '.')
    expect(JSON.parse(stdout)).toMatchObject({ $schema: expect.stringContaining('json-schema.org') as string })
  })
})

describe('init', () => {
  it('writes the settings that mean the same as a foreign file, once', async () => {
    const air =
      '[build]\ncmd = "go build -o ./tmp/main ."\nbin = "./tmp/main"\nkill_delay = "2s"\nsend_interrupt = true\n'
    await using project = await workspace({ ...goApp('v1'), '.air.toml': air })
    expect((await hotlane(['init'], project.directory)).stdout).toContain('wrote hotlane.yaml')
    expect(await readFile(project.path('hotlane.yaml'), 'utf8')).toContain('grace: 2s')
    expect(await readFile(project.path('.air.toml'), 'utf8')).toBe(air)
    const again = await hotlane(['init'], project.directory)
    expect(again.code).toBe(2)
    expect(again.stderr).toContain('HL1006')
  })
})

describe('a running session', () => {
  it('is asked for its status, told to rebuild, and followed', async () => {
    await using project = await workspace(nodeApp('v1'))
    expect((await hotlane(['status'], project.directory)).stderr).toContain('HL7003')
    await using running = new Hotlane(project.directory, { args: ['--listen', '127.0.0.1:0'] })
    await running.switched(1)
    const status = await hotlane(['status'], project.directory)
    expect(status.stdout).toMatch(/^app {2}http:\/\/127\.0\.0\.1:\d+\/ {2}release 1, process \d+/)
    expect((await hotlane(['rebuild'], project.directory)).stdout).toContain('release 2')
    expect((await hotlane(['rebuild', 'appp'], project.directory)).stderr).toMatch(
      /HL1007 .*did you mean app.*\n.*Choose from: app/,
    )
    await project.write('server.mjs', 'syntax error(\n')
    await running.until('instance.failed')
    const broken = await hotlane(['status'], project.directory)
    expect(broken.stdout).toContain('release 2')
    expect(broken.stdout).toContain('HL4001')
    await project.write('server.mjs', nodeMain('v3'))
    await running.switched(3)
    expect((await hotlane(['status', '--json'], project.directory)).stdout).not.toContain('HL4001')
  })
})

describeWithGo('explain', () => {
  it.each([
    ['main.go', 'rebuild'],
    ['main_test.go', 'nothing'],
    ['other/unused.go', 'nothing'],
    ['templates/a.tmpl', 'restart'],
    ['static/a.css', 'reload'],
    ['node_modules/x/index.js', 'nothing'],
    ['ignored.go', 'nothing'],
    ['.env', 'restart'],
  ])('tells what a change of %s does', async (file, impact) => {
    await using project = await workspace({
      ...goApp('v1'),
      '.gitignore': 'ignored.go\n',
      'other/unused.go': 'package other\n',
    })
    const { stdout } = await hotlane(['explain', file, '--json'], project.directory)
    expect(JSON.parse(stdout)).toMatchObject([{ service: 'app', impact }])
  })

  it('names the rule that ignores a file', async () => {
    await using project = await workspace({ ...goApp('v1'), '.gitignore': '# built\nignored.go\n' })
    const { stdout } = await hotlane(['explain', 'ignored.go'], project.directory)
    expect(stdout).toContain('.gitignore:2')
  })
})
