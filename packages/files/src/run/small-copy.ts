/*
 * A small file from or to a tree elsewhere: read as a whole, written into a part with its time and mode, verified, and given
 * its name. Where one side has only its verbs, they do its part of it.
 */

import type { RemoteEntry } from '@net/core'
import { netError, type Operation } from '@net/core/authoring'

import { sourceChanged } from '../refusals.ts'
import type { SmallFile } from '../small-files.ts'
import type { Dressed, Wanted } from './dress.ts'
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

/** The part, written. */
export interface SmallCopied extends Dressed {
  readonly target: RemoteEntry
}

/** Writes the part, and tells what it is; undefined where it has to go the long way. Rejects if it is not the source as it was listed. */
export async function copySmall(
  route: Route,
  { signal }: Operation,
  copy: SmallCopy,
): Promise<SmallCopied | undefined> {
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
  const written = await writeWhole(route, copy.part, bytes, { mode, modified, signal })
  const received = written?.target.size
  if (received === undefined || received === size) return received === size ? written : undefined
  throw netError('NET_SIZE_MISMATCH', {
    message: `the copy has ${received} bytes, and the source ${size}`,
    expected: size,
    received,
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

interface WholeWrite extends Wanted {
  readonly signal: AbortSignal
}

async function writeWhole(
  { dress, smallTo, to, toCan }: Route,
  path: string,
  bytes: Uint8Array,
  { mode, modified, signal }: WholeWrite,
): Promise<SmallCopied | undefined> {
  const wanted = { mode: toCan.modes ? mode : undefined, modified }
  if (smallTo?.write !== undefined) {
    const asked = dress.ask(wanted)
    const target = await smallTo.write(path, bytes, { ...asked, signal })
    if (target?.size !== bytes.length) return target && { target }
    const left = {
      mode: asked.mode === undefined ? wanted.mode : undefined,
      // Some tell no time where they have not set the one that was asked for.
      modified:
        asked.modified === undefined || target.modified === undefined ? modified : undefined,
    }
    return { target, ...(await dress.put(path, left, signal)) }
  }
  // Whoever may not read it must not before it has its mode: that is the long way's.
  if (wanted.mode !== undefined) return undefined
  await to.files.write(path, bytes, { signal })
  const target = await to.files.stat(path, { signal })
  const left = { mode: undefined, modified: modified === target.modified ? undefined : modified }
  return { target, ...(await dress.put(path, left, signal)) }
}
