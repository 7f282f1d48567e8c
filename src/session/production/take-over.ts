import type { Emit } from '../../model/event.ts'
import type { Ledger } from '../../rollout/staged/ledger.ts'
import type { StateDirectory } from '../../store/state.ts'
import { forget, forgetDead } from '../../supervise/detached/forget.ts'
import { listDetached } from '../../supervise/detached/record.ts'
import { reap } from '../../supervise/reap.ts'

export interface Legacy {
  readonly state: StateDirectory
  readonly ledger: Ledger
  readonly emit: Emit
}

/**
 * Ends what an earlier control process has left that nobody needs: its commands, and instances that were started while the
 * word of it was not written yet. What the journal knows of is left to the runners.
 */
export async function endStrays({ state, ledger, emit }: Legacy, now: AbortSignal): Promise<void> {
  const { processes } = state
  for (const orphan of await reap(processes, now)) emit({ type: 'orphan.reaped', ...orphan })
  await forgetDead(state, now)
  for (const { id, service, pid } of await listDetached(processes)) {
    if (ledger.instances.has(id)) continue
    await forget(id, { processes }, now)
    if (pid !== undefined) emit({ type: 'orphan.reaped', pid, service })
  }
}

/** Services of which anything runs, or is to run, by the journal's word. */
export function servicesIn(ledger: Ledger): readonly string[] {
  return ledger.services.filter((name) => {
    const { stable, rollout, instances } = ledger.state(name)
    return stable !== undefined || rollout !== undefined || instances.length > 0
  })
}
