import type { PlanTarget } from './ask-plan.ts'

/** Flags of `go build` that act through what the plan is read from; value or not is told by the text. */
const supported = new Set(
  '-v -p -tags -ldflags -gcflags -asmflags -trimpath -race -mod -modfile -modcacherw -buildvcs -buildmode'.split(' '),
)

/** Those that take no value in the next word. */
const switches = new Set(['-v', '-trimpath', '-race', '-modcacherw', '-buildvcs'])

const programs = new Set(['exe', 'pie', 'default'])

/** Why a build with these flags is left to the Go command, in words; undefined where it need not be. */
function unsupportedFlag(flags: readonly string[]): string | undefined {
  for (let index = 0; index < flags.length; index++) {
    const [name = '', ...rest] = (flags[index] ?? '').replace(/^--/, '-').split('=')
    if (name === '') continue
    if (!supported.has(name)) return `${name} is not among the flags that the fast path knows`
    const value = rest.length > 0 || switches.has(name) ? rest.join('=') : (flags[++index] ?? '')
    if (name === '-buildmode' && !programs.has(value)) return `-buildmode=${value} makes no program`
  }
  return undefined
}

const leastMinor = 23

/** Why builds of this target are all left to the Go command, in words; undefined where they need not be. */
export function whyNoFastPath({ flags, settings }: PlanTarget, platform: NodeJS.Platform): string | undefined {
  // The linker signs a program there, and the build ID can only be written into it together with a new signature.
  if (platform === 'darwin') return 'on macOS every build is left to the Go command'
  // Up to Go 1.22, programs of the fast path were found to differ.
  const minor = /^go1\.(\d+)/.exec(settings.GOVERSION)?.[1]
  if (minor !== undefined && Number(minor) < leastMinor)
    return `with ${settings.GOVERSION} every build is left to the Go command`
  return unsupportedFlag([...flags, ...settings.GOFLAGS.split(/\s+/)])
}
