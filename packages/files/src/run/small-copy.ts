/*
 * A small file from or to a tree elsewhere: read as a whole, written into a part with its time and mode, verified, and given
 * its name. Where one side has only its verbs, they do its part of it.
 */

import type { RemoteEntry } from '@net/core'
import { netError, type Operation } from '@net/core/authoring'

import { sourceChanged } from '../refusals.ts'
import type { SmallFile, SmallFiles, SmallWrite } from '../small-files.ts'
import type { CopiedFile } from './copied-file.ts'
import { keepTime, timeLost } from './keep-time.ts'
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
  op: Operation,
  copy: SmallCopy,
): Promise<Written | undefined> {
  const { signal } = op
  const { source } = copy
  const { size } = source
  if (size === undefined || size > route.mostSmall) return undefined
  await route.pass(size, signal)
  const read = await readWhole(route, copy.from, size, signal)
  if (read === undefined) return undefined
  const { bytes, entry } = read
  const isSame = entry.size === size && entry.modified === source.modified
  if (!isSame || bytes.length !== size) throw sourceChanged(copy.from)
  const written = await writeWhole(route, op, copy, bytes)
  const { target } = written ?? {}
  if (target?.size === undefined) return undefined
  if (target.size === size) return written
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

/** What the target has, and whether with its time. */
type Written = Omit<CopiedFile, 'transferred' | 'source'>

async function writeWhole(
  route: Route,
  op: Operation,
  { part, mode, modified }: SmallCopy,
  bytes: Uint8Array,
): Promise<Written | undefined> {
  const { signal } = op
  const { to, toCan } = route
  const file = {
    path: part,
    bytes,
    mode: toCan.modes ? mode : undefined,
    modified: toCan.times?.canSet === true ? modified : undefined,
  }
  if (route.smallTo?.write !== undefined) return writeAtOnce(route.smallTo, op, file)
  // Whoever may not read it must not before it has its mode: that is the long way's.
  if (file.mode !== undefined) return undefined
  await to.files.write(part, bytes, { signal })
  const target = await to.files.stat(part, { signal })
  const time = file.modified
  if (time === undefined || time === target.modified) return { target }
  return (await keepTime(op, to.files, part, time)) ? { target } : { target, keptTime: false }
}

interface WholeFile extends Pick<SmallWrite, 'mode' | 'modified'> {
  readonly path: string
  readonly bytes: Uint8Array
}

/** By the tree that knows small files, which shows no time where the server refused that one. */
async function writeAtOnce(
  small: SmallFiles,
  op: Operation,
  { path, bytes, mode, modified }: WholeFile,
): Promise<Written | undefined> {
  const target = await small.write?.(path, bytes, { mode, modified, signal: op.signal })
  if (target === undefined) return undefined
  if (modified === undefined || target.modified !== undefined) return { target }
  op.warn(timeLost(path, 'the server refused it'))
  return { target, keptTime: false }
}
