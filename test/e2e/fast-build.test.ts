import { chmod } from 'node:fs/promises'
import { execFileSync } from 'node:child_process'
import path from 'node:path'
import { expect, it } from 'vitest'
import { describeWithGo } from '../support/needs.ts'
import { goApp, goMain } from './support/apps.ts'
import { Hotlane, text, workspace } from './support/hotlane.ts'

const anyPort = { args: ['--listen', '127.0.0.1:0'] }

/** A service that answers with what a shared package and a package of its own say. */
function service(name: string): Readonly<Record<string, string>> {
  const main = goMain('')
    .replace('import (', `import (\n\t"example.com/app/shared"\n\t"example.com/app/${name}/own"`)
    .replace('const version = ""', 'var version = shared.Word() + own.Word()')
  return { [`cmd/${name}/main.go`]: main, [`${name}/own/own.go`]: word('own', 'own') }
}

function word(name: string, text: string): string {
  return `package ${name}\n\nfunc Word() string { return "${text} " }\n`
}

describeWithGo('fast builds', () => {
  it('serve an edit after the first build, and tell how it was built', async () => {
    await using app = await workspace(goApp('v1'))
    await using hotlane = new Hotlane(app.directory, anyPort)
    await hotlane.switched(1)
    await hotlane.until('build.planned')
    await app.write('main.go', goMain('v2'))
    await hotlane.switched(2)
    expect(await text(await hotlane.url())).toBe('v2')
    expect(hotlane.all('build.way').map(({ way, why }) => `${way}: ${why}`)).toEqual([
      'full: nothing was built yet',
      'fast: compiled 1 package',
    ])
    const after = hotlane.seq
    await app.write('main.go', `// Says its version.\n${goMain('v2')}`)
    const { same } = await hotlane.until('build.finished', { after })
    expect(same).toBe(true)
    expect(hotlane.all('build.way').at(-1)?.why).toBe('only comments or formatting changed')
    expect(hotlane.all('instance.started')).toHaveLength(2)
  })

  it('rebuild exactly the services that import what changed', async () => {
    const services = `services:
  shop: { build: { go: ./cmd/shop } }
  auth: { build: { go: ./cmd/auth } }
`
    await using app = await workspace({
      'go.mod': 'module example.com/app\n\ngo 1.23\n',
      'shared/shared.go': word('shared', 'shared'),
      'hotlane.yaml': services,
      ...service('shop'),
      ...service('auth'),
    })
    await using hotlane = new Hotlane(app.directory, { args: ['--listen', '127.0.0.1:0'] })
    for (const name of ['shop', 'auth']) {
      await hotlane.switched(1, name)
      await hotlane.until('build.planned', { where: (event) => event.service === name })
    }
    const before = hotlane.seq
    await app.write('auth/own/own.go', word('own', 'changed'))
    await hotlane.switched(2, 'auth')
    await app.write('shared/shared.go', word('shared', 'common'))
    await hotlane.switched(3, 'auth')
    await hotlane.switched(2, 'shop')
    const judged = hotlane.all('change.judged').filter(({ seq }) => seq > before)
    expect(judged.map(({ service, impact }) => `${service} ${impact}`).toSorted()).toEqual([
      'auth rebuild',
      'auth rebuild',
      'shop nothing',
      'shop rebuild',
    ])
    const ways = hotlane.all('build.way').filter(({ seq }) => seq > before)
    expect(ways.map(({ service, way }) => `${service} ${way}`).toSorted()).toEqual([
      'auth fast',
      'auth fast',
      'shop fast',
    ])
  })

  it('are given up with an error where go build makes another program, which is then served', async () => {
    const go = execFileSync('which', ['go'], { encoding: 'utf8' }).trim()
    await using app = await workspace({
      ...goApp('v1'),
      // Stands for a fault of the fast path: the Go command makes another program, once it is told to.
      'bin/go': `#!/bin/sh
if [ "$1" = build ] && [ -e "$ODD" ]; then
  case " $* " in *" -n "*) ;; *) shift; exec ${go} build -gcflags=-N "$@" ;; esac
fi
exec ${go} "$@"
`,
    })
    await chmod(app.path('bin/go'), 0o755)
    const env = { PATH: `${app.path('bin')}${path.delimiter}${process.env['PATH']}`, ODD: app.path('odd') }
    await using hotlane = new Hotlane(app.directory, { ...anyPort, env })
    await hotlane.switched(1)
    await hotlane.until('build.planned')
    await app.write('odd', '')
    await app.write('main.go', goMain('v2'))
    const fast = await hotlane.switched(2)
    const { error } = await hotlane.until('build.differs')
    expect(error.code).toBe('HL3005')
    const full = await hotlane.switched(3)
    expect(full.report.artifact).not.toBe(fast.report.artifact)
    expect(hotlane.all('build.way').at(-1)).toMatchObject({ way: 'full', why: 'it has differed from go build' })
  })

  it('tell a rule which tests changed', async () => {
    await using app = await workspace({
      ...goApp('v1'),
      'auth/auth_test.go': 'package auth\n',
      'hotlane.yaml': `build: { go: . }
rules:
  - { inputs: ["**/*_test.go"], command: 'echo "$HOTLANE_CHANGED_DIRS" > tested' }
`,
    })
    await using hotlane = new Hotlane(app.directory, anyPort)
    await hotlane.switched(1)
    await app.write('auth/auth_test.go', 'package auth\n\n// More.\n')
    await hotlane.until('rule.finished')
    expect(execFileSync('cat', [app.path('tested')], { encoding: 'utf8' })).toBe('./auth\n')
    expect(hotlane.all('build.started')).toHaveLength(1)
  })
})
