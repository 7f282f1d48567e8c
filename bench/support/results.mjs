import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'

const directory = path.resolve(import.meta.dirname, '../results')

/** Writes `bench/results/NAME-DATE.json` and `.md`; resolves with their paths. An older run of the same day is replaced. */
export async function saveResults(name, { date, data, text }) {
  await mkdir(directory, { recursive: true })
  const base = path.join(directory, `${name}-${date}`)
  await writeFile(`${base}.json`, `${JSON.stringify(data, undefined, 2)}\n`)
  await writeFile(`${base}.md`, text)
  return [`${base}.json`, `${base}.md`]
}
