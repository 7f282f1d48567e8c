import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { loadStep } from '../../model/verify.ts'
import type { Plan } from '../../verify/plan.ts'
import type { Sample } from '../../verify/samples.ts'
import { VerifyProgress } from './verify-progress.ts'

const plan = { steps: [loadStep({ path: '/' }), loadStep({ path: '/stream', kind: 'sse' })] } as unknown as Plan
const answered = { n: 0, step: 0, outcome: 'ok', release: '7', latencyMs: 2 } as Sample
const lost = { ...answered, n: 1, outcome: 'reset', release: '' } as Sample

function streamOf(isTTY: boolean): PassThrough & { readonly isTTY: boolean; readonly columns: number } {
  return Object.assign(new PassThrough(), { isTTY, columns: 120 })
}

describe('progress of a run', () => {
  it('is one line on a terminal, drawn again and again and taken away at the end', () => {
    const stream = streamOf(true)
    const progress = new VerifyProgress(stream, true)
    progress.deployment('rebuild 1')
    progress.take?.([answered, lost, { ...answered, step: 1 }], plan, { openStreams: 3, nowMs: 1500 })
    progress.take?.([answered], plan, { openStreams: 3, nowMs: 1600 })
    progress.end()
    const text = String(stream.read())
    expect(text).toBe(
      '\r\u001B[2K   1.5 s   2 requests   1 lost   P99 2.0 ms   3 streams   release 7   rebuild 1\r\u001B[2K',
    )
  })

  it('is a line for each deployment elsewhere', () => {
    const stream = streamOf(false)
    const progress = new VerifyProgress(stream, true)
    expect(progress.take).toBeUndefined()
    progress.deployment('deploy.sh')
    progress.deployment('deploy.sh', 'exit code 3\nno room')
    progress.end()
    expect(String(stream.read())).toBe('deploy.sh: begins\ndeploy.sh: exit code 3\n')
  })
})
