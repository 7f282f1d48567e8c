import { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { addCommands } from '../../src/cli/commands.ts'
import { placeOptions } from '../../src/cli/production/options.ts'
import { codeIn, page, rowsOf, section } from './markdown.ts'

const { text } = page('docs/reference/commands.md')
const root = new Command('hotlane')
addCommands(root, { rest: [], exit: () => undefined })

/** Described once for all commands that have them. */
const shared = new Set<string>(Object.values(placeOptions).map(([flags]) => flags))

describe('docs/reference/commands.md', () => {
  it('has a section for every command, and no other', () => {
    const headings = Array.from(text.matchAll(/^## hotlane (\w+)$/gm), ([, name]) => name)
    expect(headings).toEqual(root.commands.map((command) => command.name()))
  })

  it.each(root.commands.map((command) => [command.name(), command] as const))('%s: flags', (name, command) => {
    const part = section(text, `## hotlane ${name}`)
    const flags = [command, ...command.commands]
      .flatMap(({ options }) => options.map((option) => option.flags))
      .filter((flag) => ['up', 'verify'].includes(name) || !shared.has(flag))
    const described = rowsOf(part).map(([first = '']) => codeIn(first)[0] ?? '')
    expect(described.filter((flag) => flag.startsWith('-')).toSorted()).toEqual([...new Set(flags)].toSorted())
  })

  it('has the flags that lead to a running hotlane in one place', () => {
    const part = section(text, '## Reaching a running hotlane')
    expect(rowsOf(part).map(([first = '']) => codeIn(first)[0])).toEqual([...shared])
  })

  it.each(root.commands.flatMap((command) => (command.commands.length > 0 ? command.commands : [command])))(
    'shows how each is called',
    (command) => {
      const parent = command.parent === root ? '' : `${command.parent?.name()} `
      const usage = [
        'hotlane',
        parent + command.name(),
        ...command.registeredArguments.map((argument) => {
          return argument.required ? `<${argument.name()}>` : `[${argument.name()}]`
        }),
      ].join(' ')
      expect(text).toContain(`\`${usage}\``)
    },
  )
})
