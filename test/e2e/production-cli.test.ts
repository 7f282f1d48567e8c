import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { serveApiAt } from '../../src/api/serve.ts'
import { HotlaneError, reportError } from '../../src/support/errors.ts'
import { serve } from '../api/place.ts'
import { FakeProduction, report } from '../support/fake-production.ts'
import { hotlane, program } from './support/cli.ts'

/** A command that goes on while a test moves what it looks at. */
class Running {
  stdout = ''
  stderr = ''
  readonly ended: Promise<number>
  readonly #child: ChildProcess
  readonly #waiting = new Set<() => void>()

  constructor(words: readonly string[], directory: string) {
    const { FORCE_COLOR: _color, ...env } = process.env
    const child = spawn(process.execPath, [program, ...words], {
      cwd: directory,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#child = child
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text
      this.#wake()
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text
      this.#wake()
    })
    this.ended = once(child, 'close').then(([code]) => {
      this.#wake()
      return code as number
    })
    onTestFinished(async () => {
      child.kill('SIGKILL')
      await this.ended
    })
  }

  interrupt(): void {
    this.#child.kill('SIGINT')
  }

  async shows(text: string): Promise<void> {
    while (!this.stdout.includes(text)) {
      if (this.#child.exitCode !== null) throw new Error(`ended without "${text}":\n${this.stdout}${this.stderr}`)
      await new Promise<void>((resolve) => {
        this.#waiting.add(resolve)
      })
    }
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve()
    this.#waiting.clear()
  }
}

const pass = { name: 'errors', verdict: 'pass', text: 'errors 0.1 % (1 of 1,000), stable 0.1 % (9 of 9,000)' } as const
const fail = { name: 'errors', verdict: 'fail', text: 'errors 2.1 % (21 of 1,000), stable 0.1 % (9 of 9,000)' } as const

async function shop(services?: readonly string[]): Promise<{
  readonly fake: FakeProduction
  readonly directory: string
  readonly run: (...words: readonly string[]) => ReturnType<typeof hotlane>
  readonly start: (...words: readonly string[]) => Running
  readonly close: () => Promise<void>
}> {
  const fake = new FakeProduction(services)
  const { directory, close } = await serve({ mode: 'production', control: fake })
  return {
    fake,
    directory,
    close,
    run: (...words) => hotlane(words, directory),
    start: (...words) => new Running(words, directory),
  }
}

describe('hotlane deploy', () => {
  it('tells each fact once, and how it ended', async () => {
    const { fake, start } = await shop()
    const deploy = start('deploy', 'orders', '--strategy', 'canary', '--queue', '--artifact', 'bin/orders')
    await deploy.shows('release 8 is made')
    fake.move({ phase: 'starting' })
    await deploy.shows('starting release 8')
    fake.move({ phase: 'shifting', step: 0, basisPoints: 500 })
    await deploy.shows('gets 5 %')
    fake.move({ step: 1, waitsFor: 'a verdict (12 of 100 requests)', until: '2126-11-22T12:05:00.000Z' })
    await deploy.shows('waits for a verdict')
    fake.move({ waitsFor: 'a verdict (50 of 100 requests)', findings: [pass] })
    await deploy.shows('pass')
    fake.move({
      phase: 'baking',
      basisPoints: 10_000,
      waitsFor: 'the end of the bake',
      until: '2126-11-22T12:06:00.000Z',
    })
    await deploy.shows('watched')
    const { waitsFor: _waits, until: _until, ...rest } = fake.view ?? report.rollout
    fake.view = rest
    fake.move({ phase: 'complete' })
    expect(await deploy.ended).toBe(0)
    expect(deploy.stderr).toBe('')
    expect(deploy.stdout.replaceAll(/\d\d:\d\d:\d\d|\d{4}-\d\d-\d\d \S+/g, 'TIME')).toMatchInlineSnapshot(`
      "orders | release 8 is made, strategy canary; release 7 serves
      orders | starting release 8
      orders | release 8 gets 5 % of the traffic (step 1 of 4)
      orders | waits for a verdict (12 of 100 requests), until TIME
      orders | pass     errors 0.1 % (1 of 1,000), stable 0.1 % (9 of 9,000)
      orders | release 8 has all of the traffic, and is watched for a while
      orders | waits for the end of the bake, until TIME
      orders | complete: release 8 serves (1 min 3 s, 12,345 requests, 0 lost)
      "
    `)
    expect(fake.asked[0]).toEqual({
      deploy: {
        service: 'orders',
        artifact: expect.stringMatching(/^\/.*\/bin\/orders$/) as string,
        strategy: 'canary',
        queue: true,
      },
    })
  })

  it('is told by its exit code: aborted', async () => {
    const { fake, start } = await shop()
    const deploy = start('deploy', 'orders')
    await deploy.shows('is made')
    fake.move({ phase: 'shifting', step: 0, basisPoints: 500, findings: [fail] })
    await deploy.shows('fail')
    fake.move({ phase: 'aborting', reason: fail.text })
    fake.move({ phase: 'aborted', basisPoints: 0 })
    expect(await deploy.ended).toBe(1)
    expect(deploy.stdout).toContain('aborted: errors 2.1 % (21 of 1,000), stable 0.1 % (9 of 9,000); release 7 serves')
  })

  it('tells what a program wrote that ended before it was ready', async () => {
    const { fake, start } = await shop()
    const deploy = start('deploy', 'orders')
    await deploy.shows('is made')
    const params = { service: 'orders', how: 'exit code 2' }
    const error = reportError(new HotlaneError('HL4001', { params, output: 'panic: no database\n\ngoroutine 1:\n' }))
    fake.emit({ type: 'instance.failed', service: 'orders', release: 8, error })
    fake.move({ phase: 'aborted', reason: 'HL4001 orders exited before it was ready (exit code 2)' })
    expect(await deploy.ended).toBe(1)
    expect(deploy.stdout).toContain(
      'orders | last lines of release 8:\norders |   panic: no database\norders |   \norders |   goroutine 1:\norders | aborted: HL4001',
    )
  })

  it.each([
    [
      'an approval',
      { phase: 'shifting', step: 1, waitsFor: 'a person to promote it', needsPerson: true },
      'hotlane promote orders',
    ],
    [
      'a preview',
      { phase: 'preview', reason: 'GET / differs', waitsFor: 'a person', needsPerson: true },
      'hotlane promote orders',
    ],
    ['a pause', { phase: 'shifting', paused: true, needsPerson: true }, 'hotlane resume orders'],
  ] as const)('ends with 3 at %s', async (_what, change, help) => {
    const { fake, start } = await shop()
    const deploy = start('deploy', 'orders')
    await deploy.shows('is made')
    fake.move(change)
    expect(await deploy.ended).toBe(3)
    expect(deploy.stdout).toContain(help)
  })

  it('is left to itself by Ctrl-C', async () => {
    const { fake, start } = await shop()
    const deploy = start('deploy', 'orders')
    await deploy.shows('is made')
    deploy.interrupt()
    expect(await deploy.ended).toBe(130)
    expect(deploy.stderr).toContain('"hotlane abort orders" ends it')
    expect(fake.asked).toHaveLength(1)
  })

  it('survives the end of the session that began it', async () => {
    const { fake, start, close, directory } = await shop()
    const deploy = start('deploy', 'orders')
    await deploy.shows('is made')
    await close()
    await deploy.shows('hotlane is away')
    fake.view = { ...(fake.view ?? report.rollout), phase: 'complete' }
    const successor = await serve({ mode: 'production', control: fake }, directory)
    expect(await deploy.ended).toBe(0)
    await successor.close()
  })

  it('of all services goes on side by side', async () => {
    const { fake, run } = await shop()
    const { code, stdout } = await run('deploy', '--all', '--no-wait', '--json')
    expect(code).toBe(0)
    expect(fake.asked).toEqual([{ deploy: { service: 'orders' } }, { deploy: { service: 'auth' } }])
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { service: string }).service),
    ).toEqual(['orders', 'auth'])
  })

  it('prints each view as a line of JSON', async () => {
    const { fake, start } = await shop(['orders'])
    const deploy = start('deploy', '--json')
    await deploy.shows('"prepared"')
    fake.move({ phase: 'complete' })
    expect(await deploy.ended).toBe(0)
    const phases = deploy.stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { phase: string }).phase)
    expect(phases).toEqual(['prepared', 'complete'])
  })

  it('tells what the session refuses, with its exit code', async () => {
    const { fake, run } = await shop()
    fake.failure = new HotlaneError('HL6102', { params: { service: 'orders', release: 8 } })
    const { code, stdout, stderr } = await run('deploy', 'orders')
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^HL6102 orders has no release 8/)
  })
})

describe('commands that steer', () => {
  it.each([
    [['promote', 'orders', '--full', '--no-wait'], { promote: 'orders', full: true }],
    [['pause'], { pause: 'orders' }],
    [['resume', '--no-wait'], { resume: 'orders' }],
    [['abort', '--no-wait'], { abort: 'orders' }],
    [['rollback', 'orders', '--no-wait'], { rollback: 'orders', release: undefined }],
    [['rollback', 'auth', '7', '--no-wait'], { rollback: 'auth', release: 7 }],
  ])('%j', async (words, asked) => {
    const { fake, run } = await shop()
    fake.move({ phase: 'shifting' })
    const { code, stderr } = await run(...words)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(fake.asked).toEqual([asked])
  })

  it('take the number of a release for what it is', async () => {
    const { fake, run } = await shop(['orders'])
    await run('rollback', '6', '--no-wait')
    expect(fake.asked).toEqual([{ rollback: 'orders', release: 6 }])
  })

  it('end with 0 where an abort was asked for', async () => {
    const { fake, start } = await shop()
    fake.move({ phase: 'shifting' })
    const abort = start('abort', 'orders')
    await abort.shows('orders')
    fake.move({ phase: 'aborted' })
    expect(await abort.ended).toBe(0)
  })

  it.each([
    [['deploy'], 'HL7011'],
    [['pause'], 'HL7011'],
    [['pause', 'ordes'], 'did you mean orders?'],
    [['deploy', '--all', 'orders'], 'exclude each other'],
    [['deploy', '--artifact', 'x', '--build'], 'cannot be used with'],
    [['diff', '7', 'x'], 'should be a whole number above 0'],
    [['rebuild'], 'HL7005'],
    [['down'], 'HL7012'],
    [['status', '--api', 'nowhere'], 'HL7006'],
  ])('refuse %j', async (words, what) => {
    const { fake, run } = await shop()
    const { code, stdout, stderr } = await run(...words)
    expect(stderr).toContain(what)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(fake.asked).toEqual([])
  })
})

describe('what is printed', () => {
  it('status', async () => {
    const { fake, run } = await shop()
    fake.move({ phase: 'shifting', step: 0, basisPoints: 500, waitsFor: 'approval', findings: [pass] })
    expect((await run('status')).stdout.replace(String(process.pid), 'PID')).toMatchInlineSnapshot(`
      "orders  http://127.0.0.1:8080/  release 7  0 lost, 0 held
        lane    release  share  requests  errors    P99  in flight
        stable        7   95 %    12,000   0.1 %  12 ms          3
        canary        8    5 %       600     0 %      -          0
        ready process 4242 at port 34567, release 7 in stable, 3 in flight
        ready process 4343 at port 34568, release 8 in canary, 0 in flight
        canary from release 7 to 8: shifting, step 1 of 4, 5 % of the traffic
          waits for approval
          pass     errors 0.1 % (1 of 1,000), stable 0.1 % (9 of 9,000)

      auth  http://127.0.0.1:8081/  release 7  0 lost, 0 held
        lane    release  share  requests  errors    P99  in flight
        stable        7  100 %    12,000   0.1 %  12 ms          3
        ready process 4242 at port 34567, release 7 in stable, 3 in flight

      hotlane 0.1.0, process PID, 2 gateway processes (4001, 4002)
      "
    `)
    expect(JSON.parse((await run('status', '--json')).stdout)).toEqual(await fake.production())
  })

  it('status, again whenever it changes', async () => {
    const { fake, start } = await shop()
    const watch = start('status', '--watch')
    await watch.shows('orders')
    fake.move({ phase: 'shifting', step: 0, basisPoints: 500 })
    await watch.shows('shifting')
    fake.move({ phase: 'complete', basisPoints: 10_000 })
    await watch.shows('complete')
    watch.interrupt()
    expect(await watch.ended).not.toBe(70)
  })

  it('releases', async () => {
    const { run } = await shop()
    const { stdout } = await run('releases', 'orders')
    expect(stdout.replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, 'TIME').replaceAll(/ {2,}/g, '  '))
      .toMatchInlineSnapshot(`
      "release  state  made  strategy  artifact
        8  trial  TIME  canary  bbbbbbbbbbbb  from /tmp/orde...
        7  serving  TIME  canary  aaaaaaaaaaaa  built
      "
    `)
  })

  it('diff', async () => {
    const { run } = await shop()
    expect((await run('diff', '7', '8', 'orders')).stdout).toMatchInlineSnapshot(`
      "artifact.hash
      - aaaaaaaaaaaa
      + bbbbbbbbbbbb
      environment.AUTH_URL
      + http://127.0.0.1:8081
      "
    `)
    expect((await run('diff', '7', '7', 'orders')).stdout).toBe('release 7 and 7 of orders do not differ\n')
  })

  it('why', async () => {
    const { fake, run } = await shop()
    expect((await run('why', 'orders')).stdout).toBe('orders has had no rollout\n')
    fake.move({ phase: 'preview', reason: 'GET /orders differs', waitsFor: 'a person', needsPerson: true })
    expect((await run('why')).stdout).toMatchInlineSnapshot(`
      "orders  canary from release 7 to 8: preview, 0 % of the traffic
        because GET /orders differs
        waits for a person
      "hotlane promote orders" goes on, "hotlane abort orders" goes back
      "
    `)
    fake.move({ phase: 'aborted', reason: 'HL4001 orders exited before it was ready (exit code 2)' })
    expect((await run('why')).stdout).toContain('"hotlane logs orders --release 8" has what it wrote\n')
    fake.move({ phase: 'aborted', reason: 'a person aborted it' })
    expect((await run('why')).stdout).toMatch(/^orders .*\n(.*\n)+\nauth has had no rollout\n$/)
    expect((await run('why', '--json')).stderr).toContain('HL7011')
  })

  it('report', async () => {
    const { run } = await shop()
    const { stdout } = await run('report', '8', 'orders')
    expect(stdout.replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, 'TIME')).toMatchInlineSnapshot(`
      "orders  canary from release 7 to 8: complete, 100 % of the traffic

      began                TIME
      ended                TIME, after 1 min 3 s
      all traffic after    31.4 s
      requests             12,345
      lost                 0
      sent again           1
      held                 0
      streams moved        2
      in flight at switch  3
      errors               0.1 % before, 0.12 % during, - after
      not drained          process 4711, 2 requests left

      build       1.20 s
      start        80 ms
      weight 5 %  30.0 s
      bake        31.2 s
      "
    `)
    expect(JSON.parse((await run('report', '8', 'orders', '--json')).stdout)).toEqual(report)
  })

  it('logs', async () => {
    const { fake, run, start } = await shop()
    for (const line of ['one', 'two']) fake.write({ service: 'orders', lane: 'stable', release: 7, pid: 1, line })
    expect((await run('logs', '-n', '1')).stdout).toBe('orders stable 7 | two\n')
    const follow = start('logs', 'orders', '-f', '--lane', 'stable', '--release', '7', '--json')
    await follow.shows('two')
    fake.write({ service: 'orders', lane: 'stable', release: 7, pid: 1, line: 'three' })
    await follow.shows('three')
    expect(fake.asked.at(-1)).toEqual({
      logs: { service: 'orders', lane: 'stable', release: 7, lines: 100, follow: true },
    })
  })

  it('nothing wider than a terminal', async () => {
    const { fake, run } = await shop()
    fake.move({ phase: 'shifting', step: 0, basisPoints: 500, waitsFor: 'approval', findings: [pass] })
    for (const words of [['status'], ['why'], ['report', '8', 'orders'], ['releases', 'orders']]) {
      const lines = (await run(...words)).stdout.split('\n')
      expect(lines.filter((line) => line.length > 80)).toEqual([])
    }
  })
})

describe('hotlane down', () => {
  it('ends everything, and waits until it has ended', async () => {
    const { fake, run, close } = await shop()
    fake.ending = close
    const { code, stdout } = await run('down', '--yes')
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'ended: orders, auth, the gateway and hotlane itself\n' })
    expect(fake.asked).toEqual(['down'])
  })
})

describe('a session elsewhere', () => {
  it('is reached by its address, with its token', async () => {
    const { fake, directory, run } = await shop()
    const token = 'a'.repeat(64)
    await using api = await serveApiAt({ host: '127.0.0.1', port: 0, token }, { mode: 'production', control: fake })
    const file = path.join(directory, 'token')
    await writeFile(file, `${token}\n`)
    const { code } = await run('pause', 'orders', '-C', '/nowhere', '--api', api.url, '--token-file', file)
    expect(code).toBe(0)
    expect(fake.asked).toEqual([{ pause: 'orders' }])
  })

  it('is reached by its state directory', async () => {
    const { fake, directory } = await shop()
    const { code } = await hotlane(['pause', 'orders', '--state', path.join(directory, '.hotlane')], '/')
    expect(code).toBe(0)
    expect(fake.asked).toEqual([{ pause: 'orders' }])
  })
})
