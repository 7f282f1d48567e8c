// Puts the meanings of docs/reference/settings.md into the schema, so that editors show them.

/** Meaning by key (`ready.timeout`, `rules[].inputs`), of one part of the page. */
function meaningsOf(part) {
  const rows = part.matchAll(/^\| `([^`]+)` \|(.*)\|$/gm)
  return new Map(
    Array.from(rows, ([, key, rest]) => {
      // A bar inside of a cell is written \|.
      const [, value, meaning] = rest.split(/(?<!\\)\|/).map((cell) => cell.trim())
      return [key, meaning === '' ? `Default: ${value}.` : sentence(meaning, value)]
    }),
  )
}

function sentence(meaning, value) {
  const text = meaning.replaceAll('`', '').replace(/\[([^\]]+)\]\([^)]+\)/g, '$1')
  const whole = `${text.charAt(0).toUpperCase()}${text.slice(1)}`.replace(/\.?$/, '.')
  return value === '' ? whole : `${whole} Default: ${value.replaceAll('`', '')}.`
}

function section(page, heading) {
  const begin = page.indexOf(`\n${heading}\n`)
  const end = page.indexOf('\n## ', begin + heading.length)
  return page.slice(begin, end === -1 ? undefined : end)
}

function describe(schema, meanings, at = '') {
  const forms = schema.anyOf === undefined ? {} : { anyOf: schema.anyOf.map((form) => describe(form, meanings, at)) }
  const items = schema.items === undefined ? {} : { items: describe(schema.items, meanings, `${at}[]`) }
  if (schema.properties === undefined) return { ...schema, ...forms, ...items }
  const properties = Object.entries(schema.properties).map(([key, inner]) => {
    const path = at === '' ? key : `${at}.${key}`
    // A check is described once.
    const description = meanings.get(path.replace('rollout.judge.checks[]', 'rollout.verify.checks[]'))
    const described = describe(inner, meanings, path)
    return [key, description === undefined ? described : { description, ...described }]
  })
  return { ...schema, ...forms, ...items, properties: Object.fromEntries(properties) }
}

/** The schema with a description of every key that the page tells the meaning of. */
export function describeSchema(schema, page) {
  const ofProject = meaningsOf(section(page, '## The project'))
  const ofService = meaningsOf(section(page, '## A service'))
  // At top level both may stand; where a key is in both parts, the project's meaning is the wider one.
  const whole = describe(schema, new Map([...ofService, ...ofProject]))
  const { services } = whole.properties
  const additionalProperties = describe(services.additionalProperties, ofService)
  return { ...whole, properties: { ...whole.properties, services: { ...services, additionalProperties } } }
}
