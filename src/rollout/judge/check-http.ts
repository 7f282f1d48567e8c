import type { Check } from '../../model/plan.ts'
import type { ListenAddress } from '../../model/service.ts'
import { type Answer, ask } from './ask.ts'
import type { Outcome } from './check-context.ts'
import { reasonOf } from './reason-of.ts'
import { urlOf } from './url-of.ts'

type HttpCheck = Extract<Check, { readonly kind: 'http' }>

/** Asks the new release. That nobody answers is its failure. Redirects are not followed: a 3xx is an answer. */
export async function checkHttp(check: HttpCheck, candidate: ListenAddress, signal: AbortSignal): Promise<Outcome> {
  const { path, timeoutMs } = check
  const asked = `GET ${path}`
  try {
    const url = new URL(`${urlOf(candidate)}${path}`)
    const wrong = mismatch(check, await ask(url, { method: 'GET', headers: {}, timeoutMs }, signal))
    return { verdict: wrong.verdict, text: `${asked} ${wrong.text}` }
  } catch (error) {
    signal.throwIfAborted()
    return { verdict: 'fail', text: `${asked} got no answer: ${reasonOf(error)}` }
  }
}

function mismatch({ expectStatus, expectText }: HttpCheck, { status, body }: Answer): Outcome {
  const expected = expectStatus.length === 0 ? status >= 200 && status <= 399 : expectStatus.includes(status)
  if (!expected) {
    const wanted = expectStatus.length === 0 ? '200 to 399' : expectStatus.join(' or ')
    return { verdict: 'fail', text: `was answered with ${status}, expected ${wanted}` }
  }
  if (expectText !== undefined && !body.includes(expectText))
    return { verdict: 'fail', text: `was answered with ${status}, but without ${JSON.stringify(expectText)}` }
  return { verdict: 'pass', text: `was answered with ${status}` }
}
