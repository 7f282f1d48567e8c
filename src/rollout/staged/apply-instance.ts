import type { JournalRecord } from './records.ts'
import type { InstanceState, ServiceState } from './state.ts'

type InstanceRecord = Extract<
  JournalRecord,
  { kind: 'starting' | 'ready' | 'lost' | 'leaving' | 'drained' | 'stopping' | 'stopped' }
>

/** What a record about one instance changes. One about an instance that is not known changes nothing. */
export function applyToInstances(state: ServiceState, record: InstanceRecord): ServiceState {
  const { id } = record
  if (record.kind === 'starting') {
    return { ...state, instances: [...state.instances, { id, release: record.release, stage: 'starting' }] }
  }
  if (record.kind === 'lost' || record.kind === 'stopped')
    return { ...state, instances: state.instances.filter((instance) => instance.id !== id) }
  return {
    ...state,
    instances: state.instances.map((instance) => (instance.id === id ? changed(instance, record) : instance)),
  }
}

function changed(
  instance: InstanceState,
  record: Exclude<InstanceRecord, { kind: 'starting' | 'lost' | 'stopped' }>,
): InstanceState {
  const { id, release } = instance
  switch (record.kind) {
    case 'ready':
      return { id, release, stage: 'ready', address: record.address, target: id }
    case 'leaving':
      return leave(instance)
    case 'drained':
      if (instance.stage !== 'resting' && instance.stage !== 'leaving') return instance
      return record.target === undefined || record.target === instance.target
        ? { ...instance, drained: true }
        : instance
    case 'stopping':
      return instance.stage === 'starting' ? instance : { id, release, stage: 'stopping', address: instance.address }
  }
}

function leave(instance: InstanceState): InstanceState {
  if (instance.stage !== 'ready' && instance.stage !== 'resting') return instance
  const drained = instance.stage === 'resting' && instance.drained
  return { ...instance, stage: 'leaving', drained }
}

/** Instances of a release never get traffic again. Those that are starting are given up by whoever starts them. */
export function retireRelease(instances: readonly InstanceState[], release: number): readonly InstanceState[] {
  return instances.map((instance) => (instance.release === release ? leave(instance) : instance))
}

/** Instances of a release get no traffic for now. */
export function rest(instances: readonly InstanceState[], release: number): readonly InstanceState[] {
  return instances.map((instance) =>
    instance.release === release && instance.stage === 'ready'
      ? { ...instance, stage: 'resting', drained: false }
      : instance,
  )
}

/**
 * They get it again, each as a new target: the old one may still be draining, and what ends with that drain must be none of
 * the new requests.
 */
export function wake(instances: readonly InstanceState[], release: number): readonly InstanceState[] {
  return instances.map((instance) => {
    if (instance.release !== release || instance.stage !== 'resting') return instance
    const { id, address, target } = instance
    return { id, release, stage: 'ready', address, target: `${target}~` }
  })
}

/** As `retireRelease`, for every release but one. */
export function retireOthers(instances: readonly InstanceState[], release: number): readonly InstanceState[] {
  return instances.map((instance) => (instance.release === release ? instance : leave(instance)))
}

/** What an instance's end, or its emptiness, says of the rollout. */
export function noteInstance(
  state: ServiceState,
  record: JournalRecord & { readonly kind: 'drained' | 'lost' },
): ServiceState {
  const { rollout } = state
  const instance = state.instances.find(({ id }) => id === record.id)
  if (rollout === undefined || instance === undefined) return state
  if (record.kind === 'drained') {
    if (instance.release !== rollout.from || !('address' in instance)) return state
    const { inFlight, ended, streams } = record
    const drain = { pid: instance.address.pid, inFlight, ended, streams }
    return { ...state, rollout: { ...rollout, drains: [...rollout.drains, drain] } }
  }
  if (instance.release !== rollout.to || rollout.phase === 'aborting') return state
  const failure = { why: record.why, ...(record.port === undefined ? {} : { port: record.port }) }
  return { ...state, rollout: { ...rollout, failure } }
}
