/** More at once would keep importers waiting for packages that were compiled long ago. */
const mostAtOnce = 16

interface Waiting<Job> {
  readonly job: Job
  readonly resolve: () => void
  readonly reject: (reason: unknown) => void
}

/**
 * Runs jobs in batches, at most `count` batches at a time: few jobs that wait are shared out evenly, many go together,
 * because a batch costs hotlane hardly more than a job. Returns a function that resolves when the job's batch has ended, and
 * rejects when that fails. Jobs wait in the order in which they came.
 */
export function createBatches<Job>(
  count: number,
  run: (jobs: readonly Job[]) => Promise<void>,
): (job: Job) => Promise<void> {
  const queue: Waiting<Job>[] = []
  let running = 0
  const next = async (): Promise<void> => {
    running++
    // What becomes ready in the same turn belongs together.
    await Promise.resolve()
    while (queue.length > 0) {
      const batch = queue.splice(0, Math.min(mostAtOnce, Math.ceil(queue.length / count)))
      try {
        await run(batch.map(({ job }) => job))
        for (const { resolve } of batch) resolve()
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
    }
    running--
  }
  return (job) =>
    new Promise((resolve, reject) => {
      queue.push({ job, resolve, reject })
      if (running < count) void next()
    })
}
