import { readFileSync } from 'node:fs'
import path from 'node:path'
import { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { addCommands } from '../../src/cli/commands.ts'
import { load, trees } from '../project/tree.ts'
import { checkout } from './markdown.ts'

const tree = trees()
const read = (name: string): string => readFileSync(path.join(checkout, 'examples/production', name), 'utf8')

/** How a line of words that begins with `hotlane` would be taken. */
function parsed(words: readonly string[]): { readonly command: string; readonly flags: unknown } {
  const root = new Command('hotlane').exitOverride()
  addCommands(root, { rest: [], exit: () => undefined })
  let taken: { readonly command: string; readonly flags: unknown } | undefined
  for (const command of root.commands) {
    command.exitOverride().action((...words: readonly unknown[]) => {
      taken = { command: command.name(), flags: words.at(-2) }
    })
  }
  root.parse([...words], { from: 'user' })
  if (taken === undefined) throw new Error(`no command in ${words.join(' ')}`)
  return taken
}

describe('examples/production', () => {
  it('has a unit whose stop ends the control process alone, and whose command is one', () => {
    const unit = read('hotlane.service')
    const line = /^ExecStart=\/usr\/local\/bin\/hotlane (.*)$/m.exec(unit)?.[1] ?? ''
    expect(parsed(line.split(' '))).toEqual({ command: 'up', flags: { state: '/var/lib/hotlane-shop' } })
    expect(unit).toMatch(/^KillMode=process$/m)
    expect(unit).toMatch(/^StateDirectory=hotlane-shop$/m)
  })

  it('has a container whose command ends everything with itself', () => {
    const [, words = '[]'] = /^ENTRYPOINT (\[.*\])$/m.exec(read('Dockerfile')) ?? []
    const [, ...line] = JSON.parse(words) as readonly string[]
    expect(parsed(line)).toEqual({ command: 'up', flags: { state: '/var/lib/hotlane', downOnExit: true } })
  })

  it('has settings for the container that are read without an error', async () => {
    const { project } = await load(tree({ orders: '', auth: '', 'hotlane.yaml': read('hotlane.container.yaml') }))
    expect(project.services.map(({ name, listen }) => [name, listen])).toEqual([
      ['orders', { host: '0.0.0.0', port: 8080, fixed: true }],
      ['auth', { host: '127.0.0.1', port: 8081, fixed: true }],
    ])
    expect(project.notes).toEqual([])
  })
})
