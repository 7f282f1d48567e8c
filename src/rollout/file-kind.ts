import path from 'node:path'

/**
 * What a file is to a running service, by its name:
 * `asset` is read at run time and shown by browsers, `script` may be one for browsers, `public-script` surely is; `template`
 * and `settings` are read at start; `tooling` is about building, `prose` and `repository` are read by no program; all else is
 * `source`.
 */
export type FileKind =
  | 'asset'
  | 'script'
  | 'public-script'
  | 'template'
  | 'settings'
  | 'tooling'
  | 'prose'
  | 'repository'
  | 'source'

const byExtension: ReadonlyMap<string, FileKind> = new Map(
  (
    [
      [
        'asset',
        '.css .scss .map .svg .png .jpg .jpeg .gif .webp .avif .ico .woff .woff2 .ttf .otf .mp3 .mp4 .webm .wasm .webmanifest',
      ],
      ['script', '.js .mjs .cjs .ts .mts .cts .jsx .tsx'],
      ['template', '.html .htm .tmpl .tpl .gohtml .gotmpl .mustache .hbs .ejs .pug .jinja .j2'],
      ['settings', '.yaml .yml .json .toml .ini .conf .properties .xml .sql .env .pem .crt .key'],
      ['prose', '.md .mdx .rst .adoc .txt .log .out .tmp .pid .lock .swp .orig .rej .prof'],
    ] as const
  ).flatMap(([kind, extensions]) => extensions.split(' ').map((extension) => [extension, kind] as const)),
)

const publicFolder = /(^|\/)(public|static|assets|dist\/client|www)\//
const repository = /^(\.git\w+|\.editorconfig|\.prettier.*|\.eslint.*|LICENSE)$/
const tooling = /^(Makefile|Dockerfile.*|\.dockerignore)$/

/** `relative` is the path below the service's directory, with forward slashes. */
export function fileKind(relative: string): FileKind {
  const name = path.posix.basename(relative)
  if (repository.test(name)) return 'repository'
  if (tooling.test(name)) return 'tooling'
  if (name === '.env' || name.startsWith('.env.')) return 'settings'
  const kind = byExtension.get(path.posix.extname(name).toLowerCase()) ?? 'source'
  return kind === 'script' && publicFolder.test(relative) ? 'public-script' : kind
}
