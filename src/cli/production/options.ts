import type { Command } from 'commander'

/** How a running hotlane is found: the same for every command that speaks to one. */
export const placeOptions = {
  directory: ['-C, --directory <dir>', 'the project', '.'],
  state: ['--state <dir>', 'its state directory, where that is not .hotlane in the project'],
  api: ['--api <url>', 'address of its API, instead of its local socket'],
  tokenFile: ['--token-file <file>', 'file with the token that the API at an address wants'],
} as const

/** Adds the options by which a command finds a running hotlane; `-C` where the project is no argument of it. */
export function withPlace(command: Command, project: 'option' | 'argument' = 'option'): Command {
  const { directory, state, api, tokenFile } = placeOptions
  if (project === 'option') command.option(...directory)
  return command
    .option(...state)
    .option(...api)
    .option(...tokenFile)
}
