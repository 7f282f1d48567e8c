import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { effectiveEnvironment, environmentOfRelease, parseEnvFile, snapshotEnvironment } from './environment.ts'

let directory = ''
const file = (name: string) => path.join(directory, name)

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'hotlane-env-'))
})
afterEach(() => rm(directory, { recursive: true }))

describe('effectiveEnvironment', () => {
  it('lets a later file win, the real environment over both, and the own over all', async () => {
    await writeFile(file('a'), 'ONE=a\nTWO=a\nTHREE=a\nFOUR=a\n')
    await writeFile(file('b'), 'TWO=b\nTHREE=b\nFOUR=b\n')
    const real = { THREE: 'real', FOUR: 'real', UNSET: undefined }
    expect(await effectiveEnvironment(real, [file('a'), file('missing'), file('b')], { FOUR: 'own' })).toEqual({
      env: { ONE: 'a', TWO: 'b', THREE: 'real', FOUR: 'own' },
      problems: [],
    })
  })

  it('is computed anew: what was removed from a file is gone', async () => {
    await writeFile(file('a'), 'ONE=1\nTWO=2\n')
    await effectiveEnvironment({}, [file('a')], {})
    await writeFile(file('a'), 'TWO=3\n')
    expect((await effectiveEnvironment({}, [file('a')], {})).env).toEqual({ TWO: '3' })
  })

  it('reports a file that cannot be read', async () => {
    const { problems } = await effectiveEnvironment({}, [directory], {})
    expect(problems).toMatchObject([{ position: { file: directory } }])
  })
})

describe('the environment of a release', () => {
  it('is what its files said when it was made, in the order that development has', async () => {
    await writeFile(file('a'), 'ONE=a\nTWO=a\nTHREE=a\nnonsense\n')
    const service = { envFiles: [file('a'), file('missing')], env: { THREE: 'own' } }
    const problems: unknown[] = []
    const environment = await snapshotEnvironment(service, (problem) => problems.push(problem))
    expect(environment).toEqual({ ONE: 'a', TWO: 'a', THREE: 'own' })
    expect(problems).toHaveLength(1)
    const real = { PATH: '/bin', TWO: 'real', THREE: 'real', UNSET: undefined }
    const then = environmentOfRelease(real, { environment, service })
    expect(then).toEqual((await effectiveEnvironment(real, service.envFiles, service.env)).env)
    await writeFile(file('a'), 'ONE=later\n')
    expect(environmentOfRelease(real, { environment, service })).toEqual(then)
  })
})

describe('parseEnvFile', () => {
  it('reports lines that are none of dotenv, and reads the rest', () => {
    const text = '\uFEFFA=1\r\nnonsense\r\n\r\n# comment\r\nexport B = two # why\r\n=3\r\nC="open\r\nD=4\r\n'
    const { env, problems } = parseEnvFile(text, '.env')
    expect(env).toEqual({ A: '1', B: 'two', D: '4' })
    expect(problems.map(({ position, reason }) => [position.line, reason])).toEqual([
      [2, 'neither a comment nor KEY=VALUE'],
      [6, 'neither a comment nor KEY=VALUE'],
      [7, 'the quote of the value is not closed'],
    ])
  })

  it('reads quoted values over several lines, empty ones and odd characters', () => {
    const text = "KEY=\"-----BEGIN\nnot a pair\n-----END\"\nEMPTY=\nSINGLE='a # b'\nURL=http://x/?a=b&c=d\nLAST=it's"
    expect(parseEnvFile(text, '.env')).toEqual({
      env: {
        KEY: '-----BEGIN\nnot a pair\n-----END',
        EMPTY: '',
        SINGLE: 'a # b',
        URL: 'http://x/?a=b&c=d',
        LAST: "it's",
      },
      problems: [],
    })
  })

  it('reads all good lines whatever stands between them', () => {
    const key = fc.stringMatching(/^[A-Z][A-Z0-9_]{0,8}$/)
    const value = fc.stringMatching(/^[a-z0-9/:.-]{0,12}$/)
    const junk = fc.stringMatching(/^[a-z !$%&*]{0,10}$/)
    fc.assert(
      fc.property(fc.array(fc.tuple(key, value, junk)), (entries) => {
        const text = entries.map(([key, value, junk]) => `${junk}\n${key}=${value}`).join('\n')
        const { env, problems } = parseEnvFile(text, '.env')
        expect(env).toEqual(Object.fromEntries(entries))
        expect(problems).toHaveLength(entries.filter(([, , junk]) => junk.trim() !== '').length)
      }),
    )
  })
})
