/** What is read off the text of a Go file without a parser. */
export interface GoSource {
  readonly package: string | undefined
  readonly imports: readonly string[]
  /** The code without comments and without the content of strings. */
  readonly code: string
}

export function readGoSource(text: string): GoSource {
  const bare = text.replace(/`[^`]*`|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])+'|\/\/.*|\/\*[^]*?\*\//g, (part) =>
    part.startsWith('/') ? ' ' : part,
  )
  const imports = [...bare.matchAll(/^\s*import\s*(?:\(([^)]*)\)|([^\n]+))/gm)].flatMap(([, block, single]) =>
    [...(block ?? single ?? '').matchAll(/"([^"\n]+)"/g)].map((match) => String(match[1])),
  )
  return {
    package: /^\s*package\s+(\w+)/m.exec(bare)?.[1],
    imports,
    code: bare.replace(/`[^`]*`|"(?:\\.|[^"\\\n])*"/g, '""'),
  }
}

/** Calls that open a listener, each with the imports that make the call mean that. Without imports it always does. */
const listening: readonly { readonly call: RegExp; readonly imports?: RegExp }[] = [
  { call: /\bListenAndServe(TLS)?\s*\(/ },
  { call: /\.Run(TLS|Unix|Fd|Listener|QUIC)?\s*\(/, imports: /gin-gonic\/gin|cloudwego\/hertz|kataras\/iris/ },
  { call: /\.Start(TLS|AutoTLS|Server|H2CServer)?\s*\(/, imports: /labstack\/echo/ },
  { call: /\.Listen(TLS|er|MutualTLS)?\s*\(/, imports: /gofiber\/fiber/ },
  { call: /\bnet\.Listen(TCP|Config)?\b/, imports: /^net$/ },
  { call: /\btls\.Listen\s*\(/, imports: /^crypto\/tls$/ },
  { call: /\.Serve(TLS)?\s*\(/, imports: /^net\/http$/ },
  { call: /\b(web|beego)\.Run\s*\(/, imports: /beego/ },
]

/** Whether these files of one program, taken together, open a listener. A guess by text, made to be fast. */
export function opensListener(sources: readonly GoSource[]): boolean {
  const imports = sources.flatMap((source) => source.imports)
  return listening.some(
    (way) =>
      (way.imports === undefined || imports.some((name) => way.imports?.test(name))) &&
      sources.some((source) => way.call.test(source.code)),
  )
}
