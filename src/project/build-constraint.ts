const systems = 'aix android darwin dragonfly freebsd illumos ios js linux netbsd openbsd plan9 solaris wasip1 windows'
const machines = '386 amd64 arm arm64 loong64 mips mips64 ppc64le riscv64 s390x wasm'
const knownSystems = new Set(systems.split(' '))
const knownMachines = new Set(machines.split(' '))

/** The tags that the Go toolchain would set for a platform of Node, as far as they matter for finding programs. */
export function goTags(platform: NodeJS.Platform, machine: string = process.arch): ReadonlySet<string> {
  const system = platform === 'win32' ? 'windows' : platform === 'sunos' ? 'solaris' : platform
  const arch = machine === 'x64' ? 'amd64' : machine === 'ia32' ? '386' : machine
  return new Set([system, arch, 'gc', 'cgo', ...(system === 'windows' ? [] : ['unix'])])
}

/**
 * Whether a Go file takes part in a build, by its name and its `//go:build` line ("Build constraints" of cmd/go).
 * Release tags (`go1.21`) count as set; a line that cannot be read counts as met, for the compiler has the last word.
 */
export function isBuilt(name: string, text: string, tags: ReadonlySet<string>): boolean {
  const suffixes = name.replace(/\.go$/, '').split('_').slice(1).slice(-2)
  const unmet = suffixes.filter((part) => (knownSystems.has(part) || knownMachines.has(part)) && !tags.has(part))
  if (unmet.length > 0) return false
  const head = text.slice(0, Math.max(0, text.search(/^package\s/m)))
  const line = /^\/\/go:build\s+(.+)$/m.exec(head)?.[1]
  return line === undefined || evaluate(line, tags)
}

function evaluate(line: string, tags: ReadonlySet<string>): boolean {
  const tokens = line.match(/&&|\|\||[!()]|[\w.]+/g) ?? []
  let at = 0
  const either = (): boolean => {
    let value = both()
    while (tokens[at] === '||') {
      at++
      // Both sides are read even where the left one decides, so that `at` moves on.
      const right = both()
      value ||= right
    }
    return value
  }
  const both = (): boolean => {
    let value = one()
    while (tokens[at] === '&&') {
      at++
      const right = one()
      value &&= right
    }
    return value
  }
  const one = (): boolean => {
    const token = tokens[at++]
    if (token === '!') return !one()
    if (token !== '(') return token === undefined || tags.has(token) || /^go1\.\d+$/.test(token)
    const value = either()
    at++
    return value
  }
  return either()
}
