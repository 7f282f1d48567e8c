import { readFile, rm } from 'node:fs/promises'
import * as v from 'valibot'

import { writeFileAtomic } from '../../support/files.ts'
import { entryFile, readEntries } from '../journal.ts'
import { parseJson } from '../../support/json.ts'

const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
const port = v.pipe(whole, v.maxValue(65_535))

const schema = v.object({
  /** By which `reap` leaves it alone. */
  kind: v.literal('detached'),
  id: v.pipe(v.string(), v.nonEmpty()),
  service: v.string(),
  release: whole,
  // Pids below 2 name no process of ours, and as a group they would name all.
  pid: v.exactOptional(v.pipe(whole, v.minValue(2))),
  startTime: v.exactOptional(v.string()),
  privatePort: port,
  appPort: v.exactOptional(port),
  ports: v.exactOptional(whole),
  ready: v.object({
    kind: v.picklist(['auto', 'message', 'http', 'port']),
    path: v.exactOptional(v.string()),
    timeoutMs: v.number(),
  }),
  stop: v.object({
    signal: v.custom<NodeJS.Signals>((value) => typeof value === 'string' && value.startsWith('SIG')),
    graceMs: v.number(),
  }),
  /** Absolute path of the file that takes its output, and where in it this process began. */
  log: v.string(),
  logStart: whole,
  reached: v.exactOptional(v.object({ host: v.string(), port, portFixed: v.boolean(), readyMs: v.number() })),
})

/**
 * What a later hotlane has to know of an instance that outlives this one. `pid` and `startTime` are absent until the process
 * is spawned, and where hotlane died in between; `reached` is absent until it was ready.
 */
export type DetachedRecord = Readonly<v.InferOutput<typeof schema>>

/** A record on disk, with its writes in order. */
export interface OpenRecord {
  readonly content: DetachedRecord
  update(more: Partial<DetachedRecord>): Promise<void>
  /** To be called when the whole group is gone; a later update writes nothing. Never rejects. */
  remove(): Promise<void>
}

/** One file per instance, named by its id; always whole. */
export function openRecord(directory: string, first: DetachedRecord): OpenRecord {
  const file = entryFile(directory, first.id)
  let content = first
  let isRemoved = false
  let last: Promise<unknown> = Promise.resolve()
  const inOrder = (effect: () => Promise<void>): Promise<void> => {
    const done = last.then(effect)
    last = done.catch(() => undefined)
    return done
  }
  return {
    get content() {
      return content
    },
    update: (more) => {
      content = { ...content, ...more }
      return inOrder(async () => {
        if (!isRemoved) await writeFileAtomic(file, `${JSON.stringify(content)}\n`)
      })
    },
    remove: () => {
      isRemoved = true
      return inOrder(() => rm(file, { force: true })).catch(() => undefined)
    },
  }
}

/** The record of an instance; undefined where there is none that can be read. */
export async function readRecord(directory: string, id: string): Promise<DetachedRecord | undefined> {
  return parseRecord(await readFile(entryFile(directory, id), 'utf8').catch(() => ''))
}

/** All records of a directory, of the dead as well, by release and id. */
export async function listDetached(directory: string): Promise<readonly DetachedRecord[]> {
  const entries = await readEntries(directory)
  const detached = entries.filter(({ entry }) => entry?.kind === 'detached')
  const texts = await Promise.all(detached.map(({ file }) => readFile(file, 'utf8').catch(() => '')))
  return texts
    .flatMap((text) => parseRecord(text) ?? [])
    .sort((a, b) => a.release - b.release || a.id.localeCompare(b.id))
}

export function parseRecord(text: string): DetachedRecord | undefined {
  const parsed = v.safeParse(schema, parseJson(text))
  return parsed.success ? parsed.output : undefined
}
