import { readdir, readFile } from 'node:fs/promises'

/**
 * Pids of living processes that carry `entry` (`NAME=value`) in the environment they were started with: what a tool left
 * behind outside its process group. Linux only (/proc); elsewhere the list is empty, and only groups are ended.
 */
export async function findStrays(entry) {
  if (process.platform !== 'linux') return []
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  const marked = await Promise.all(
    pids.map(async (pid) => {
      const environment = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '')
      return environment.split('\0').includes(entry)
    }),
  )
  return pids.filter((pid, index) => marked[index] && pid !== process.pid)
}
