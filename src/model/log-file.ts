import path from 'node:path'

/** Which instance a log file is of. */
export interface LogFile {
  readonly service: string
  readonly release: number
  /** Id of the instance. */
  readonly id: string
}

/** Where an instance's output is kept: `<logs>/<service>/<release>-<id>.log`. */
export function logPath(logs: string, { service, release, id }: LogFile): string {
  return path.join(logs, service, `${release}-${encodeURIComponent(id)}.log`)
}

/** The other way round; undefined for a path that `logPath` never makes. */
export function parseLogPath(file: string): LogFile | undefined {
  const [, release, id] = /^(\d+)-(.+)\.log$/.exec(path.basename(file)) ?? []
  if (release === undefined || id === undefined) return undefined
  try {
    return { service: path.basename(path.dirname(file)), release: Number(release), id: decodeURIComponent(id) }
  } catch {
    return undefined
  }
}
