import path from 'node:path'
import { commandText } from '../model/command-text.ts'
import type { ServiceSummary } from '../model/event.ts'
import type { Service } from '../model/service.ts'

/** What was found, for the first lines that a person reads. */
export function summarize(service: Service): ServiceSummary {
  return { name: service.name, build: buildText(service), run: runText(service) }
}

function buildText({ build, directory }: Service): string {
  switch (build.kind) {
    case 'go': {
      const place = path.relative(directory, build.directory)
      return ['go build', ...build.flags, build.package, ...(place === '' ? [] : [`in ${place}`])].join(' ')
    }
    case 'command':
      return commandText(build.command)
    case 'none':
      return ''
  }
}

function runText({ run, args }: Service): string {
  const program = run.kind === 'artifact' ? 'the program' : commandText(run.command)
  return [program, ...args].join(' ')
}
