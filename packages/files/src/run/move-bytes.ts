/*
 * The bytes of one file, from one tree to another: in one stream, or where both sides can, in pieces side by side. What an
 * earlier attempt left is gone on with if its end is the same as there in the source.
 */

import { isNetError, type RemoteEntry } from '@net/core'
import { map } from '@net/async'
import { netError, type Operation } from '@net/core/authoring'

import { readLent } from '../lent-reads.ts'
import { ownerOfPart, ownPartNameOf } from '../plan/part-name.ts'
import type { OwnWriteOptions } from '../short-road.ts'
import { together } from '../together.ts'
import { folderOf, join, nameOf } from '../tree-path.ts'
import type { Route } from './route.ts'

/** Which bytes are moved. */
export interface Move {
  /** The path in the source's tree. */
  readonly from: string
  /** The path in the target's tree. */
  readonly to: string
  readonly source: RemoteEntry
  /** How many bytes the target has of this version; undefined for none. */
  readonly there: number | undefined
  /** The file of the target, where it is one of this machine. */
  readonly own?: OwnPartOptions | undefined
}

/** Moves what is missing; resolves to how many bytes that were. */
export async function moveBytes(route: Route, op: Operation, move: Move): Promise<number> {
  const found = await startOf(route, op, move)
  const { size } = move.source
  if (found > 0 && found === size) return 0
  const start = found > 0 ? await takenOver(route, op, move, found) : 0
  const inPieces =
    size !== undefined &&
    size - start >= LEAST_IN_PIECES &&
    route.fromCan.readOffsets &&
    route.toCan.writeOffsets === 'rest' &&
    Math.min(route.fromCan.calls, route.toCan.calls) >= PIECES
  return inPieces
    ? movePieces(route, op, move, { start, end: size })
    : moveStream(route, op, move, start)
}

/** Where to go on. */
async function startOf(route: Route, op: Operation, move: Move): Promise<number> {
  const { there, source } = move
  const canResume = route.fromCan.readOffsets && route.toCan.readOffsets && route.toCan.writeOffsets
  if (!canResume || there === undefined || there === 0) return 0
  if (source.size === undefined || there > source.size) return 0
  const start = mayHaveGaps(route, source.size) ? Math.max(0, there - ROUND) : there
  if (start === 0) return 0
  const range = { start: Math.max(0, start - COMPARED), end: start }
  const [theirs, ours] = await together(op.signal, [
    (signal) => bytesOf(route.to.files.read(move.to, { ...range, signal })),
    (signal) => bytesOf(route.from.files.read(move.from, { ...range, signal })),
  ])
  return theirs.equals(ours) ? start : 0
}

/**
 * Whether the end of what is there may lack bytes: the last round of pieces, or what was written at several places at once, as
 * SFTP writes; where hashes are made, such a copy is found out. A tree that only writes on at the end, as FTP does, leaves none.
 */
function mayHaveGaps({ to, toCan }: Route, size: number): boolean {
  if (toCan.writeOffsets !== 'rest') return false
  return size >= LEAST_IN_PIECES || to.files.hash === undefined
}

async function moveStream(route: Route, op: Operation, move: Move, start: number): Promise<number> {
  const { size } = move.source
  const counted = new Counted(route, op.signal)
  try {
    await route.to.files.write(
      move.to,
      () =>
        counted.chunks(
          readLent(route.from.files, move.from, { ...from(start), signal: op.signal }),
        ),
      { ...from(start), ...move.own, signal: op.signal },
    )
    if (size !== undefined && start + counted.moved !== size)
      throw short(start + counted.moved, size)
    return counted.moved
  } catch (error) {
    route.moved(-counted.moved)
    throw error
  }
}

/** In rounds, each of them whole before the next begins: what is there of a file has gaps in its last round alone. */
async function movePieces(
  route: Route,
  op: Operation,
  move: Move,
  { start, end }: { readonly start: number; readonly end: number },
): Promise<number> {
  let moved = 0
  const piece = async (at: number, last: number, signal: AbortSignal): Promise<void> => {
    const counted = new Counted(route, signal)
    const read = (): AsyncIterable<Uint8Array> =>
      counted.chunks(readLent(route.from.files, move.from, { start: at, end: last, signal }))
    await route.to.files.write(move.to, read, { ...move.own, start: at, keepRest: true, signal })
    moved += counted.moved
    if (counted.moved !== last - at) throw short(at + counted.moved, end)
  }
  try {
    // What is there behind the start belongs to no round.
    const beginning = { ...from(start), ...move.own, signal: op.signal }
    await route.to.files.write(move.to, new Uint8Array(0), beginning)
    for (let round = start; round < end; round += ROUND) {
      const last = Math.min(round + ROUND, end)
      const starts = Array.from(
        { length: Math.ceil((last - round) / PIECE) },
        (_, index) => round + index * PIECE,
      )
      await map(starts, (at, { signal }) => piece(at, Math.min(at + PIECE, last), signal), {
        concurrency: PIECES,
        signal: op.signal,
      })
    }
    return moved
  } catch (error) {
    route.moved(-moved)
    throw error
  }
}

/** The option by which the target knows its file. */
export type OwnPartOptions = Pick<OwnWriteOptions, 'file' | 'mode'>

/**
 * Resolves to where to go on. What another process may still write to is gone on with in a file of our own, which takes its
 * name: each of the two would cut off what the other has written.
 */
async function takenOver(route: Route, op: Operation, move: Move, start: number): Promise<number> {
  const { files } = route.to
  const { own, to } = move
  const { signal } = op
  if (own?.file === undefined || own.file.isBegun) return start
  const owner = ownerOfPart(nameOf(to)) ?? ''
  const beside = join(folderOf(to), ownPartNameOf(owner, route.toCan.longestName))
  try {
    const { mode } = await files.stat(to, { signal })
    const making = { ...own, mode, signal }
    await files.write(beside, () => files.read(to, { end: start, signal }), making)
    if ((await files.stat(beside, { signal })).size !== start) throw own.file.lost(to)
    await files.rename(beside, to, { replace: true, signal })
    return start
  } catch (error) {
    await files.remove(beside).catch(() => {})
    own.file.forget()
    // What is there has to go before there is room.
    if (isNetError(error) && error.code === 'NET_NO_SPACE') return 0
    throw isNetError(error) && error.code === 'NET_NOT_FOUND' ? own.file.lost(to) : error
  }
}

/** Counts the bytes that pass, and holds them back to the bandwidth. */
class Counted {
  moved = 0
  readonly #route: Route
  readonly #signal: AbortSignal

  constructor(route: Route, signal: AbortSignal) {
    this.#route = route
    this.#signal = signal
  }

  async *chunks(read: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
    for await (const chunk of read) {
      await this.#route.pass(chunk.length, this.#signal)
      yield chunk
      this.moved += chunk.length
      this.#route.moved(chunk.length)
    }
  }
}

/** A start of 0 is left out, for trees that can do nothing else. */
function from(start: number): { readonly start?: number } {
  return start === 0 ? {} : { start }
}

async function bytesOf(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = []
  for await (const chunk of chunks) all.push(Buffer.from(chunk))
  return Buffer.concat(all)
}

function short(received: number, expected: number): Error {
  return netError('NET_SIZE_MISMATCH', {
    message: `the source gave ${received} bytes, not the ${expected} that it has`,
    received,
    expected,
  })
}

const COMPARED = 65_536
const PIECE = 8 * 1024 * 1024
const PIECES = 4
const ROUND: number = PIECES * PIECE
const LEAST_IN_PIECES: number = ROUND
