import path from 'node:path'

/** One thing in a tree. */
export interface Entry {
  /** Relative to the root, forward slashes. */
  readonly name: string
  readonly kind: 'directory' | 'file' | 'link'
  /** Content's key in the store, where a link leads, or what a directory permits that not everybody may read. */
  readonly value: string
}

/** Where the contents of all trees lie, each under its key: its SHA-256, and what it permits. */
export function contentsOf(store: string): string {
  return path.join(store, 'files')
}

/** The list of what a tree was made of, beside it. */
export function listOf(tree: string): string {
  return `${tree}.list`
}

/** A tree is named by the SHA-256 of this text, so a list that was cut short is known for one. */
export function listText(entries: readonly Entry[]): string {
  return entries.map(({ kind, name, value }) => `${JSON.stringify([kind, name, value])}\n`).join('')
}

/** Names and keys of the files in a list. */
export function filesIn(text: string): readonly { readonly name: string; readonly key: string }[] {
  return text.split('\n').flatMap((line) => {
    if (line === '') return []
    const [kind, name, key] = JSON.parse(line) as readonly [Entry['kind'], string, string]
    return kind === 'file' ? [{ name, key }] : []
  })
}

/** SHA-256 of the content that has this key. */
export function hashInKey(key: string): string {
  return key.slice(0, 64)
}
