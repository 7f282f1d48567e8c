/** A package of a generated module; what its source says follows from these. */
interface Package {
  /** Names of packages that it imports. */
  imports: string[]
  /** Of an unexported function. */
  value: number
  /** Exported constant. */
  limit: number
  /** Fields of an exported type. */
  fields: number
  /** Another body of a generic function. */
  generic: boolean
  /** Name of its first file. */
  file: string
  /** Contents of embedded files, by name. */
  embedded: Map<string, string>
  /** A second file. */
  second: boolean
  /** Constraint of a third file. */
  constraint: string | undefined
  /** Lines of comment. */
  comments: number
  isTested: boolean
  fault: Fault | undefined
}

const faults = ['type', 'syntax', 'unused import', 'unused variable', 'cycle', 'missing', 'clause'] as const
type Fault = (typeof faults)[number]

/** Tells how many files are embedded, and their contents. */
const embeddedSum = `	all, _ := texts.ReadDir(".")
	for _, each := range all {
		text, _ := texts.ReadFile(each.Name())
		for _, letter := range text {
			more = more*3 + int(letter)
		}
	}
`

/** What can be done to the module. */
export const edits = [
  'value',
  'value',
  'limit',
  'limit',
  'value',
  'limit',
  'fields',
  'generic',
  'comment',
  'comment',
  'import',
  'forget',
  'add package',
  'remove package',
  'rename package',
  'rename file',
  'second file',
  'constraint',
  'embed',
  'embed more',
  'test',
  'break',
  'mend',
  'mend',
  'mend',
] as const

export interface Edit {
  readonly kind: (typeof edits)[number]
  /** Which package, as any number. */
  readonly at: number
  /** Which other thing, as any number. */
  readonly to: number
}

export const moduleName = 'example.com/made'

/** A module of packages that import only those behind them, and a program that prints what all of them say. */
export class GoTree {
  readonly #packages = new Map<string, Package>()
  #made = 0

  constructor(size: number) {
    for (let index = 0; index < size; index++) this.#add(index)
  }

  edit({ kind, at, to }: Edit): void {
    const names = [...this.#packages.keys()]
    const name = names[at % names.length] ?? ''
    const found = this.#packages.get(name)
    if (found === undefined) return
    const later = names.slice((at % names.length) + 1)
    const other = later[to % Math.max(1, later.length)]
    switch (kind) {
      case 'value':
        found.value++
        break
      case 'limit':
        found.limit++
        break
      case 'fields':
        found.fields = 1 + (to % 3)
        break
      case 'generic':
        found.generic = !found.generic
        break
      case 'comment':
        found.comments = to % 4
        break
      case 'import':
        if (other !== undefined && !found.imports.includes(other)) found.imports.push(other)
        break
      case 'forget':
        found.imports.splice(to % Math.max(1, found.imports.length), 1)
        break
      case 'add package':
        this.#add(to)
        break
      case 'remove package':
        if (names.length > 3) this.#rename(name, undefined)
        break
      case 'rename package':
        this.#rename(name, `p${this.#made++}`)
        break
      case 'rename file':
        found.file = `f${to % 5}.go`
        break
      case 'second file':
        found.second = !found.second
        break
      case 'constraint':
        found.constraint = [undefined, 'none', '!none', 'linux || darwin || windows'][to % 4]
        break
      case 'embed':
        if (found.embedded.size > 0) found.embedded.clear()
        else found.embedded.set('a.txt', String(to))
        break
      case 'embed more':
        if (found.embedded.size > 0) found.embedded.set(['a.txt', 'b.txt', '.c.txt'][to % 3] ?? '', String(at))
        break
      case 'test':
        found.isTested = !found.isTested
        break
      case 'break':
        found.fault = faults[to % faults.length]
        break
      case 'mend':
        for (const each of this.#packages.values()) each.fault = undefined
    }
  }

  /** All files of the module, by relative path. */
  files(): ReadonlyMap<string, string> {
    const files = new Map([['go.mod', `module ${moduleName}\n\ngo 1.21\n`]])
    const all = [...this.#packages]
    for (const [name, each] of all) {
      for (const [file, text] of this.#filesOf(name, each)) files.set(`${name}/${file}`, text)
    }
    const lines = all.map(([name]) => {
      return `\tprintln("${name}", ${name}.Sum(), ${name}.Limit, ${name}.Item{A0: 1}.A0, ${name}.Same(2))\n`
    })
    files.set(
      'main.go',
      `package main\n\n${importLines(all.map(([name]) => name))}\nfunc main() {\n${lines.join('')}}\n`,
    )
    return files
  }

  #add(number: number): void {
    const names = [...this.#packages.keys()]
    const name = `p${this.#made++}`
    this.#packages.set(name, {
      imports: [],
      value: number % 7,
      limit: 1,
      fields: 1,
      generic: false,
      file: 'f.go',
      embedded: new Map(),
      second: false,
      constraint: undefined,
      comments: 0,
      isTested: false,
      fault: undefined,
    })
    const importer = names[number % Math.max(1, names.length)]
    if (importer !== undefined) this.#packages.get(importer)?.imports.push(name)
  }

  /** In place, so that the order of imports stays; or away with it. */
  #rename(name: string, next: string | undefined): void {
    const all = [...this.#packages]
    this.#packages.clear()
    for (const [each, content] of all) {
      content.imports = content.imports.flatMap((one) => (one === name ? (next ?? []) : one))
      if (each !== name) this.#packages.set(each, content)
      else if (next !== undefined) this.#packages.set(next, content)
    }
  }

  #filesOf(name: string, each: Package): ReadonlyMap<string, string> {
    const { embedded, fault } = each
    const first = [...this.#packages.keys()][0] ?? ''
    const imports = [
      ...each.imports,
      ...(fault === 'cycle' && first !== name ? [first] : []),
      ...(fault === 'missing' ? ['nowhere'] : []),
    ]
    const fields = Array.from({ length: each.fields }, (_, index) => `\tA${index} int\n`)
    const uses = imports.map((other) => ` + ${other}.Sum()*${other}.Limit + ${other}.Same(${other}.Item{A0: 3}).A0`)
    const files = new Map<string, string>()
    files.set(
      each.file,
      [
        '// Made by a test.\n'.repeat(each.comments),
        `package ${fault === 'clause' ? 'other' : name}\n\n`,
        importLines(imports, [
          ...(embedded.size > 0 ? ['"embed"'] : []),
          ...(fault === 'unused import' ? ['"os"'] : []),
        ]),
        `const Limit = ${each.limit}\n\ntype Item struct {\n${fields.join('')}}\n\n`,
        embedded.size > 0 ? '//go:embed *.txt\nvar texts embed.FS\n\n' : '',
        `func Same[T any](value T) T {\n\t${each.generic ? 'all := []T{value}\n\treturn all[0]' : 'return value'}\n}\n\n`,
        `var more = 0\n\nfunc Sum() int {\n\tdefer func() {}()\n`,
        fault === 'unused variable' ? '\tleft := 1\n' : '',
        fault === 'syntax' ? '\tif {\n' : '',
        embedded.size > 0 ? embeddedSum : '',
        `\treturn value() + more${uses.join('')}${fault === 'type' ? ' + "one"' : ''}\n}\n\n`,
        `func value() int { return ${each.value}${' /* so */'.repeat(each.comments)} }\n`,
      ].join(''),
    )
    for (const [file, text] of embedded) files.set(file, text)
    if (each.second) files.set('second.go', `package ${name}\n\nfunc init() { more += 10 }\n`)
    if (each.constraint !== undefined) {
      files.set('third.go', `//go:build ${each.constraint}\n\npackage ${name}\n\nfunc init() { more += 100 }\n`)
    }
    if (each.isTested) files.set('f_test.go', `package ${name}\n\nfunc TestNothing() {}\n`)
    return files
  }
}

function importLines(names: readonly string[], more: readonly string[] = []): string {
  const lines = [...names.map((name) => `\t"${moduleName}/${name}"\n`), ...more.map((each) => `\t${each}\n`)]
  return lines.length === 0 ? '' : `import (\n${lines.join('')})\n\n`
}
