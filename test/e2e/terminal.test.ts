import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { nodeApp, nodeMain } from './support/apps.ts'
import { program } from './support/cli.ts'
import { workspace } from './support/hotlane.ts'
import { isAlive } from './support/processes.ts'

/** `script` of util-linux gives a program a terminal; that of the BSDs takes other options. */
const hasScript = /util-linux/.test(spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout ?? '')

class Terminal implements AsyncDisposable {
  text = ''
  readonly #child: ChildProcessWithoutNullStreams
  readonly #waiting = new Set<() => void>()
  readonly #closed: Promise<unknown>

  constructor(directory: string, words: string, env: Readonly<Record<string, string>> = {}) {
    const { PORT: _port, NO_COLOR: _no, FORCE_COLOR: _force, ...inherited } = process.env
    const line = `'${process.execPath}' '${program}' dev --listen 127.0.0.1:0 ${words}; echo exit=$?`
    this.#child = spawn('script', ['-qfc', line, '/dev/null'], {
      cwd: directory,
      env: { ...inherited, TERM: 'xterm-256color', ...env },
    })
    this.#closed = once(this.#child, 'close').then(() => this.#wake())
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.text += text
      this.#wake()
    })
  }

  type(keys: string): void {
    this.#child.stdin.write(keys)
  }

  /** The terminal goes away under hotlane, as a closed window does. */
  hangUp(): void {
    this.#child.kill('SIGKILL')
  }

  async shows(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.text)
      if (found !== null) return found
      if (this.#child.exitCode !== null) throw new Error(`ended without ${String(pattern)}:\n${this.text}`)
      await new Promise<void>((resolve) => {
        this.#waiting.add(resolve)
      })
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.type('\u0003')
    await this.#closed
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve()
    this.#waiting.clear()
  }
}

describe.skipIf(!hasScript)('on a terminal (skipped without script of util-linux)', () => {
  it('shows what is found, where it is served, and one line a switch', async () => {
    await using project = await workspace(nodeApp('v1'))
    await using terminal = new Terminal(project.directory, '', { NO_COLOR: '1' })
    await terminal.shows(/app \| http:\/\/127\.0\.0\.1:\d+\//)
    await terminal.shows(/app \| serving release 1/)
    await project.write('server.mjs', nodeMain('v2'))
    await terminal.shows(/app \| served release 2 in [\d.]+ m?s after server\.mjs \(.*start .*\), 0 lost/)
    expect(terminal.text).not.toContain('\u001B[3')
  })

  it('takes the keys h, r and q', async () => {
    await using project = await workspace(nodeApp('v1'))
    await using terminal = new Terminal(project.directory, '')
    await terminal.shows(/serving.* release 1/)
    terminal.type('h')
    await terminal.shows(/r rebuild/)
    terminal.type('r')
    await terminal.shows(/serving.* release 2/)
    terminal.type('q')
    expect(await terminal.shows(/exit=(\d+)/)).toMatchObject({ 1: '0' })
  })

  it('ends with 130 at Ctrl-C', async () => {
    await using project = await workspace(nodeApp('v1'))
    await using terminal = new Terminal(project.directory, '')
    await terminal.shows(/serving/)
    terminal.type('\u0003')
    expect(await terminal.shows(/exit=(\d+)/)).toMatchObject({ 1: '130' })
  })

  it('ends, and leaves nothing, when the terminal is closed', async () => {
    await using project = await workspace(nodeApp('v1', 'console.log(`pid=${process.pid}`)'))
    await using terminal = new Terminal(project.directory, '')
    const pid = Number((await terminal.shows(/pid=(\d+)/))[1])
    await terminal.shows(/serving/)
    terminal.hangUp()
    await expect.poll(() => isAlive(pid)).toBe(false)
  })

  it('is coloured, asks the app for colour, and keeps what the app writes', async () => {
    const loud = `console.log('\\u001B[35mpurple\\u001B[39m ' + process.env.FORCE_COLOR)`
    await using project = await workspace(nodeApp('v1', loud))
    await using terminal = new Terminal(project.directory, '')
    await terminal.shows(/purple/)
    expect(terminal.text).toContain('\u001B[35mpurple\u001B[39m 1')
    expect(terminal.text).toContain('\u001B[36m')
  })

  it('gives the app the terminal to read from with --stdin', async () => {
    const echo = `process.stdin.on('data', (text) => console.log('heard ' + String(text).trim()))`
    await using project = await workspace(nodeApp('v1', echo))
    await using terminal = new Terminal(project.directory, '--stdin')
    await terminal.shows(/serving/)
    terminal.type('hello\n')
    expect(await terminal.shows(/heard (\w+)/)).toMatchObject({ 1: 'hello' })
  })
})
