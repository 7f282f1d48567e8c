// Writes what is generated from the source: schema/hotlane.schema.json and docs/reference/errors.md.
// With --check it writes nothing and fails where a file is not what would be written. Needs a build.
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { hotlaneSchema } from '../dist/project/schema.js'
import { describeSchema } from './generate/describe.mjs'
import { errorTable } from '../dist/support/error-table.js'

const root = path.resolve(import.meta.dirname, '..')
const hundreds = {
  1: 'Project and settings',
  2: 'Watching',
  3: 'Building',
  4: 'Starting and stopping',
  5: 'Gateway',
  6: 'Rules and hooks',
  7: 'Command line and API',
  8: 'Verify',
  9: 'Faults of hotlane',
}
const blames = {
  user: 'yours to mend (exit code 2)',
  passing: 'may pass (exit code 1)',
  bug: 'a fault of hotlane (exit code 70)',
}

function errorsPage() {
  const lines = [
    '# Errors',
    '',
    'Generated from `src/support/error-table.ts`. A code is permanent: it never comes to mean something else.',
    'Words in braces are filled in when the error is told.',
  ]
  let section
  for (const [code, row] of Object.entries(errorTable)) {
    if (code[2] !== section) {
      section = code[2]
      lines.push('', `## ${hundreds[section]}`)
    }
    lines.push('', `### ${code}`, '', `**${row.happened}**: ${blames[row.blame]}.`, '')
    lines.push(`* What hotlane did: ${row.did}`, `* What you can do: ${row.remedy}`)
  }
  return `${lines.join('\n')}\n`
}

const settingsPage = await readFile(path.join(root, 'docs/reference/settings.md'), 'utf8')
const generated = {
  'schema/hotlane.schema.json': `${JSON.stringify(describeSchema(hotlaneSchema(), settingsPage), null, 2)}\n`,
  'docs/reference/errors.md': errorsPage(),
}

let stale = 0
for (const [name, content] of Object.entries(generated)) {
  const file = path.join(root, name)
  const present = await readFile(file, 'utf8').catch(() => undefined)
  if (present === content) continue
  if (process.argv.includes('--check')) {
    stale++
    console.error(`${name} is not what the source says: run "npm run generate"`)
    continue
  }
  await mkdir(path.dirname(file), { recursive: true })
  await writeFile(file, content)
  console.log(`wrote ${name}`)
}
process.exitCode = stale === 0 ? 0 : 1
