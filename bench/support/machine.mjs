import os from 'node:os'
import { findGo } from './programs.mjs'

/** The machine on which figures were measured; without its name, so that results can be published. */
export async function describeMachine() {
  const go = await findGo()
  return {
    cpu: os.cpus()[0]?.model.trim() ?? 'unknown CPU',
    cores: os.availableParallelism(),
    memoryGiB: Math.round(os.totalmem() / 1024 ** 3),
    system: `${os.type()} ${os.release()} ${os.arch()}`,
    node: process.version,
    go: go.version ?? 'none',
    /** What else it did: processes that wanted to run in the minute before. */
    load: os.loadavg()[0] ?? 0,
    date: new Date().toISOString().slice(0, 10),
  }
}

/** The same on one line. */
export function machineLine(machine) {
  const { cpu, cores, memoryGiB, system, node, go, load, date } = machine
  return `${cpu}, ${cores} cores, ${memoryGiB} GiB, ${system}, node ${node}, go ${go}, load ${load.toFixed(1)} before, ${date}`
}
