/* Random trees, and what a mirror must make of two of them, written down as simply as can be. */

import type { RemoteFiles } from '@net/core'
import { memoryFiles, type MemoryCapabilities } from '@net/files'
import * as fc from 'fast-check'

/** A file: its time, which also says what is in it, and its size. */
export interface ModelFile {
  readonly time: number
  readonly size: number
}

/** A folder. */
export interface ModelTree {
  readonly [name: string]: ModelFile | ModelTree
}

/** How a mirror is run. */
export interface ModelOptions {
  readonly delete: boolean
  /** Whether entries of this name are hidden, on both sides. */
  readonly exclude: boolean
  readonly compare: 'time' | 'hash'
}

export const HIDDEN = 'hid'
const NAMES = ['a', 'b', 'c.txt', 'A', HIDDEN]
const TIMES = [1_600_000_000_000, 1_600_000_100_000, 1_600_000_200_000]

const file: fc.Arbitrary<ModelFile> = fc.record({
  time: fc.constantFrom(...TIMES),
  size: fc.constantFrom(0, 1, 5, 100, 70_000),
})

/** Trees of up to three folders deep. */
export const tree: fc.Arbitrary<ModelTree> = fc.letrec<{
  tree: ModelTree
  node: ModelFile | ModelTree
}>((tie) => ({
  node: fc.oneof({ maxDepth: 3, withCrossShrink: true }, file, tie('tree')),
  tree: fc.dictionary(fc.constantFrom(...NAMES), tie('node'), {
    maxKeys: 4,
    noNullPrototype: true,
  }),
})).tree

export const options: fc.Arbitrary<ModelOptions> = fc.record({
  delete: fc.boolean(),
  exclude: fc.boolean(),
  compare: fc.constantFrom('time', 'hash'),
})

/** A tree in memory with that in it. */
export async function memoryOf(model: ModelTree, can?: MemoryCapabilities): Promise<RemoteFiles> {
  const files = memoryFiles({ can: { calls: 4, ...can } })
  await fill(files, '', model)
  return files
}

async function fill(files: RemoteFiles, folder: string, model: ModelTree): Promise<void> {
  for (const [name, node] of Object.entries(model)) {
    const path = folder === '' ? name : `${folder}/${name}`
    if (isFile(node)) {
      await files.write(path, Buffer.from(contentOf(node)))
      await files.setModified(path, node.time)
    } else {
      await files.mkdir(path)
      await fill(files, path, node)
    }
  }
}

/** What the target must be afterwards. */
export function mirrored(source: ModelTree, target: ModelTree, given: ModelOptions): ModelTree {
  const result: Record<string, ModelFile | ModelTree> = {}
  const isHidden = (name: string): boolean => given.exclude && name === HIDDEN
  for (const [name, old] of Object.entries(target)) {
    const isWanted = Object.hasOwn(source, name) && !isHidden(name)
    if (!isWanted && (!given.delete || isHidden(name))) result[name] = old
    // Of a folder that has to go, what is hidden in it stays, and the folders on the way to it.
    else if (!isWanted && !isFile(old) && holdsHidden(old, given))
      result[name] = mirrored({}, old, given)
  }
  for (const [name, wanted] of Object.entries(source)) {
    if (isHidden(name)) continue
    const old = target[name]
    const isOther = old !== undefined && isFile(old) !== isFile(wanted)
    const mayGo = given.delete && (old === undefined || isFile(old) || !holdsHidden(old, given))
    if (isOther && !mayGo && old !== undefined) result[name] = old
    else if (isFile(wanted)) result[name] = wanted
    else result[name] = mirrored(wanted, old === undefined || isFile(old) ? {} : old, given)
  }
  return result
}

function holdsHidden(model: ModelTree, given: ModelOptions): boolean {
  return Object.entries(model).some(
    ([name, node]) =>
      (given.exclude && name === HIDDEN) || (!isFile(node) && holdsHidden(node, given)),
  )
}

/** Every path with its content, as `contentsOf` tells a tree. */
export function contentsIn(model: ModelTree, folder = ''): Record<string, string> {
  const contents: Record<string, string> = {}
  for (const [name, node] of Object.entries(model)) {
    const path = folder === '' ? name : `${folder}/${name}`
    if (isFile(node)) contents[path] = contentOf(node)
    else Object.assign(contents, { [`${path}/`]: '' }, contentsIn(node, path))
  }
  return contents
}

function isFile(node: ModelFile | ModelTree): node is ModelFile {
  return typeof node['time'] === 'number'
}

function contentOf({ size, time }: ModelFile): string {
  return String(time % 7).repeat(size)
}
