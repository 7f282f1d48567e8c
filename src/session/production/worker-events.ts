import type { WorkerNote } from '../../gateway/workers/note.ts'
import type { Emit } from '../../model/event.ts'

/** Tells what happens to the gateway's workers as events. */
export function workerEvents(emit: Emit): (note: WorkerNote) => void {
  return (note) => {
    switch (note.kind) {
      case 'worker-started':
      case 'worker-adopted':
      case 'worker-retiring':
      case 'worker-ended':
        return emit({ type: `gateway.${note.kind}`, pid: note.pid })
      case 'worker-died':
        return emit({ type: 'gateway.worker-died', pid: note.pid, how: howOf(note.exit) })
      case 'workers-missing':
        return emit({ type: 'gateway.workers-missing', error: note.error, retryMs: note.retryMs })
      case 'certificate': {
        const { kind: _kind, made, ...news } = note
        return emit({ type: 'gateway.certificate', made: made === true, ...news })
      }
      case 'access-log':
        return emit({ type: 'gateway.access-log', file: note.file, error: note.error })
      case 'superseded':
        return emit({ type: 'gateway.superseded' })
    }
  }
}

function howOf(exit: number | string): string {
  if (typeof exit === 'number') return `exit code ${exit}`
  return exit === 'unknown' ? 'exit status unknown' : `signal ${exit}`
}
