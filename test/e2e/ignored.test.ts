import { mkdirSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { nodeApp, nodeMain } from './support/apps.ts'
import { Hotlane, text, workspace } from './support/hotlane.ts'

describe('a project with 200,000 ignored files', () => {
  it('P20: is watched without looking at them', async () => {
    await using project = await workspace({ ...nodeApp('v1'), '.gitignore': '*.dat\n' })
    for (const [folder, extension] of [
      ['node_modules', 'mjs'],
      ['data', 'dat'],
    ]) {
      for (let part = 0; part < 100; part++) {
        const directory = project.path(`${folder}/part${part}`)
        mkdirSync(directory, { recursive: true })
        for (let file = 0; file < 1000; file++) writeFileSync(`${directory}/${file}.${extension}`, '')
      }
    }
    await using hotlane = new Hotlane(project.directory, { args: ['--listen', '127.0.0.1:0'] })
    const ready = await hotlane.until('watch.ready')
    expect(ready.files).toBeLessThan(10)
    expect(ready.directories).toBeLessThanOrEqual(102)
    await hotlane.switched(1)
    await project.write('node_modules/part1/1.mjs', 'changed')
    await project.write('data/part1/1.dat', 'changed')
    await project.write('server.mjs', nodeMain('v2'))
    await hotlane.switched(2)
    expect(await text(await hotlane.url())).toBe('v2')
    expect(hotlane.all('change.seen').flatMap(({ files }) => files)).toHaveLength(1)
  })
})
