/*
 * A small file from or to a tree elsewhere: read as a whole, written into a part with its time and mode, verified, and given
 * its name. Where one side has only its verbs, they do its part of it.
 */

import type { RemoteEntry } from '@net/core'
import { netError, type Operation } from '@net/core/authoring'

import { sourceChanged } from '../refusals.ts'
import type { SmallFile, SmallWrite } from '../small-files.ts'
import type { Route } from './route.ts'

/** What is copied where. */
export interface SmallCopy {
  /** The path in the source's tree. */
  readonly from: string
  /** The path of the part in the target's tree. */
  readonly part: string
  readonly source: RemoteEntry
  readonly mode: number | undefined
  /** Undefined for the time of the copy. */
  readonly modified: number | undefined
}

/** Writes the part, and tells what it is; undefined where it has to go the long way. Rejects if it is not the source as it was listed. */
export async function copySmall(
  route: Route,
  { signal }: Operation,
  copy: SmallCopy,
): Promise<RemoteEntry | undefined> {
  const { source } = copy
  const { size } = source
  if (size === undefined || size > route.mostSmall) return undefined
  await route.pass(size, signal)
  const read = await readWhole(route, copy.from, size, signal)
  if (read === undefined) return undefined
  const { bytes, entry } = read
  const isSame = entry.size === size && entry.modified === source.modified
  if (!isSame || bytes.length !== size) throw sourceChanged(copy.from)
  const { mode, modified } = copy
  const target = await writeWhole(route, copy.part, bytes, { mode, modified, signal })
  if (target?.size === undefined) return undefined
  if (target.size === size) return target
  throw netError('NET_SIZE_MISMATCH', {
    message: `the copy has ${target.size} bytes, and the source ${size}`,
    expected: size,
    received: target.size,
  })
}

async function readWhole(
  { from, smallFrom }: Route,
  path: string,
  size: number,
  signal: AbortSignal,
): Promise<SmallFile | undefined> {
  if (smallFrom?.read !== undefined) return smallFrom.read(path, size, { signal })
  const chunks: Buffer[] = []
  let received = 0
  for await (const chunk of from.files.read(path, { signal })) {
    received += chunk.length
    // What was small may be anything by now, and would fill the memory.
    if (received > size) throw sourceChanged(path)
    chunks.push(Buffer.from(chunk))
  }
  return { bytes: Buffer.concat(chunks), entry: await from.files.stat(path, { signal }) }
}

async function writeWhole(
  { smallTo, to, toCan }: Route,
  path: string,
  bytes: Uint8Array,
  { mode, modified, signal }: SmallWrite,
): Promise<RemoteEntry | undefined> {
  const { modes, times } = toCan
  const wanted = { mode: modes ? mode : undefined, signal }
  const time = times?.canSet === true ? modified : undefined
  if (smallTo?.write !== undefined) {
    return smallTo.write(path, bytes, { ...wanted, modified: time })
  }
  // Whoever may not read it must not before it has its mode: that is the long way's.
  if (wanted.mode !== undefined) return undefined
  await to.files.write(path, bytes, { signal })
  const target = await to.files.stat(path, { signal })
  if (time !== undefined && time !== target.modified) {
    await to.files.setModified(path, time, { signal })
  }
  return target
}
