import { appendFile, mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'

const perDirectory = 16
const perIgnoredDirectory = 100

/**
 * Adds to a project `files` source files in directories of 16, and `ignored` empty files below `build-cache/` in
 * directories of 100, which a line in `.gitignore` excludes.
 */
export async function writeTree(directory, { files, ignored, extension }) {
  await fill(path.join(directory, 'internal'), files, perDirectory, (folder, index) => ({
    name: `f${index}.${extension}`,
    text: extension === 'go' ? `package ${folder}\n\nconst C${index} = ${index}\n` : `export const c = ${index}\n`,
  }))
  if (ignored === 0) return
  await appendFile(path.join(directory, '.gitignore'), '/build-cache/\n')
  await fill(path.join(directory, 'build-cache'), ignored, perIgnoredDirectory, (_, index) => ({
    name: `f${index}`,
    text: '',
  }))
}

async function fill(root, count, size, fileAt) {
  for (let first = 0; first < count; first += size) {
    const folder = `d${first / size}`
    const place = path.join(root, folder)
    await mkdir(place, { recursive: true })
    const indices = Array.from({ length: Math.min(size, count - first) }, (_, index) => first + index)
    await Promise.all(
      indices.map((index) => {
        const { name, text } = fileAt(folder, index)
        return writeFile(path.join(place, name), text)
      }),
    )
  }
}
