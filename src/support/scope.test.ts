import { describe, expect, it } from 'vitest'
import { Scope } from './scope.ts'

describe('Scope', () => {
  it('closes in reverse order, once, and reports the first failure', async () => {
    const closed: string[] = []
    const scope = new Scope()
    scope.defer(() => closed.push('a'))
    scope.defer(() => {
      closed.push('b')
      throw new Error('second')
    })
    scope.defer(() => {
      closed.push('c')
      throw new Error('first')
    })
    await expect(scope.close()).rejects.toThrow('first')
    await expect(scope.close()).rejects.toThrow('first')
    expect(closed).toEqual(['c', 'b', 'a'])
  })

  it('aborts its signal, and closes at once what comes too late', async () => {
    const scope = new Scope()
    await scope.close(new Error('over'))
    expect(scope.signal.aborted).toBe(true)
    let closed = false
    scope.defer(() => {
      closed = true
    })
    await scope.close()
    expect(closed).toBe(true)
  })
})
