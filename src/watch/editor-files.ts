const patterns: readonly (readonly [RegExp, string])[] = [
  [/^\..*\.sw[a-z]$|\.sw[opx]$/, 'Vim swap file'],
  [/^4913$/, 'Vim write test'],
  [/~$/, 'editor backup'],
  [/^\.#/, 'Emacs lock'],
  [/^#.*#$/, 'Emacs autosave'],
  [/___jb_(tmp|old)___$/, 'JetBrains temporary'],
  [/\.kate-swp$/, 'Kate swap file'],
  [/^\.goutputstream-/, 'GNOME temporary'],
]

/** What kind of passing file an editor leaves under such a name while it saves, or undefined. */
export function editorFile(name: string): string | undefined {
  return patterns.find(([pattern]) => pattern.test(name))?.[1]
}
