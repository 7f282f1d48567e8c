import { readdir, rm } from 'node:fs/promises'
import path from 'node:path'

/** Removes the directories two levels below `home`, and then empty ones above them, that are not among those in use. */
export async function removeUnused(home: string, used: ReadonlySet<string>): Promise<void> {
  for (const turn of await readdir(home).catch(() => [])) {
    const above = path.join(home, turn)
    const inside = (await readdir(above)).map((name) => path.join(above, name))
    const unused = inside.filter((each) => !used.has(each))
    const whole = unused.length === inside.length
    await Promise.all((whole ? [above] : unused).map((each) => rm(each, { recursive: true, force: true })))
  }
}
