/** With a number behind its name where another has the same, for reports tell them by their names. */
export function uniquelyNamed<T extends { readonly name: string }>(item: T, others: readonly T[]): T {
  let { name } = item
  for (let next = 2; others.some((other) => other.name === name); next++) name = `${item.name} (${next})`
  return { ...item, name }
}
