type Defined<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> }

/** Without the keys that have no value, which take the place of no default. */
export function defined<T extends object>(values: T): Defined<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<T>
}
