import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { commonRoutes } from '../../src/api/common-routes.ts'
import { devRoutes } from '../../src/api/dev-routes.ts'
import { productionRoutes } from '../../src/api/production-routes.ts'
import { checkout, codeIn, page, rowsOf, section } from './markdown.ts'

const { text } = page('docs/reference/api.md')

/** Names of the fields of an interface. */
function fieldsOf(file: string, name: string): readonly string[] {
  const source = readFileSync(path.join(checkout, file), 'utf8')
  const body = new RegExp(`export interface ${name} \\{([\\s\\S]*?)\\n\\}`).exec(source)?.[1] ?? ''
  return Array.from(body.matchAll(/^ {2}readonly (\w+)\??:/gm), ([, field = '']) => field)
}

describe('docs/reference/api.md', () => {
  it('has every request that is answered, and no other', () => {
    const routes = [...commonRoutes, ...devRoutes, ...productionRoutes]
    const answered = routes.map(
      ({ method, path }) => `${method} ${path.replace(':service', 'NAME').replace(':release', 'N')}`,
    )
    const described = rowsOf(text)
      .map(([first = '']) => codeIn(first)[0]?.replace(/\[?\?.*/, '') ?? '')
      .filter((request) => /^(GET|POST) /.test(request))
    expect(described.toSorted()).toEqual([...new Set(answered)].toSorted())
  })

  it.each([
    ['### A rollout', 'RolloutView'],
    ['### A report', 'RolloutReport'],
  ])('has the fields of %s', (heading, name) => {
    const described = rowsOf(section(text, heading)).flatMap(([first = '']) => codeIn(first))
    const fields = fieldsOf('src/model/rollout.ts', name)
    expect(fields.length).toBeGreaterThan(8)
    expect(described.toSorted()).toEqual(fields.toSorted())
  })

  it.each(['ProductionStatus', 'ProductionServiceView', 'ReleaseView', 'InstanceView', 'LogLine', 'ReleaseDifference'])(
    'names the fields of %s',
    (name) => {
      const fields = fieldsOf('src/api/production.ts', name)
      expect(fields.length).toBeGreaterThan(2)
      expect(codeIn(text)).toEqual(expect.arrayContaining([...fields]))
    },
  )
})
