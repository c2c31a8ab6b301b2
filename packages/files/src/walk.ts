/* Goes through a tree, entry by entry. */

import { isNetError, type RemoteEntry } from '@net/core'
import { inCall, type Operation, type Taken } from '@net/core/authoring'

import { Filter } from './filter.ts'
import { placeOf, type Place, type TreePlace } from './place.ts'
import { PROTOCOL, treeIteration } from './tree-call.ts'
import { doors, type WalkOptions } from './tree-options.ts'
import { badName, faultOf, join } from './tree-path.ts'

/**
 * Every entry below the place, a folder before what is in it; a link is given and not followed. `path` is that of the entry in its
 * tree, for calls of the tree. A folder that goes away meanwhile is passed over; one that cannot be listed throws. A name that would lead elsewhere
 * throws `NET_BAD_NAME`. Throws `NET_BAD_OPTION` at once. A transfer.
 */
export function walk(place: Place, options?: WalkOptions): AsyncIterableIterator<RemoteEntry> {
  const [from, taken] = inCall({ protocol: PROTOCOL, call: 'walk' }, () => [
    placeOf('the place', place),
    doors.walk(options),
  ])
  return walkWith('walk', from, taken, new Filter(taken))
}

/** The walk of a verb, behind a filter. */
export function walkWith(
  operation: string,
  from: TreePlace,
  options: Taken<WalkOptions>,
  filter: Filter,
): AsyncIterableIterator<RemoteEntry> {
  const verb = { operation, target: from.path, kind: 'transfer' } as const
  const { onProgress, signal, timeout } = options
  return treeIteration(verb, { onProgress, signal, timeout }, (op) =>
    entriesBelow({ from, filter, op }, '', from.path),
  )
}

interface Walk {
  readonly from: TreePlace
  readonly filter: Filter
  readonly op: Operation
}

async function* entriesBelow(
  walk: Walk,
  below: string,
  folder: string,
): AsyncGenerator<RemoteEntry, void> {
  const { filter, from, op } = walk
  for await (const entry of from.files.list(folder, { signal: op.signal })) {
    const why = faultOf(entry.name)
    if (why !== undefined) throw badName(join(folder, entry.name), why)
    const path = join(below, entry.name)
    const isFolder = entry.type === 'folder'
    if (filter.hides(path, isFolder)) continue
    const found = { ...entry, path: join(folder, entry.name) }
    if (!isFolder || filter.wantsFolder(path)) yield found
    if (isFolder) yield* unlessGone(walk, path, found.path)
  }
}

/** A folder may be removed between the listing that names it and its own. One that is there and is not listed has failed. */
async function* unlessGone(
  walk: Walk,
  below: string,
  folder: string,
): AsyncGenerator<RemoteEntry, void> {
  try {
    yield* entriesBelow(walk, below, folder)
  } catch (error) {
    if (!isMissing(error) || (await isThere(walk, folder))) throw error
  }
}

async function isThere({ from, op }: Walk, folder: string): Promise<boolean> {
  try {
    await from.files.stat(folder, { signal: op.signal })
    return true
  } catch (error) {
    if (isMissing(error)) return false
    throw error
  }
}

function isMissing(error: unknown): boolean {
  return isNetError(error) && error.code === 'NET_NOT_FOUND'
}
