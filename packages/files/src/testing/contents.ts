/* The contents of a tree as a value that tests compare. */

import type { RemoteFiles } from '@net/core'

/**
 * Every path below a folder of a tree, by its name: a file with its text, a folder with a slash and nothing, a link with an arrow and its
 * target. Reads all of it into memory. Rejects with what the tree rejects with.
 */
export async function contentsOf(files: RemoteFiles, folder = ''): Promise<Record<string, string>> {
  const contents: Record<string, string> = {}
  for await (const { path, target, type } of files.list(folder)) {
    if (type === 'folder')
      Object.assign(contents, { [`${path}/`]: '' }, await contentsOf(files, path))
    else if (type === 'link') contents[path] = `-> ${target}`
    else contents[path] = await textOf(files, path)
  }
  return contents
}

/** The text of a file. */
export async function textOf(files: RemoteFiles, path: string): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of files.read(path)) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}
