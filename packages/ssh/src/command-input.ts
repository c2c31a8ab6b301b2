/* What a command is fed: a text or a source, piece by piece, for as long as the command reads. */

import { isNetError, type Timeout } from '@net/core'
import {
  callerFault,
  Deadline,
  netError,
  piecesOf,
  sizeOf,
  type OpenSource,
  type Operation,
} from '@net/core/authoring'

import type { RemoteCommand } from './engine/ssh2-command.ts'

/** How a command is fed. */
export interface Feeding {
  readonly op: Operation
  /** How long it may leave what it is given untouched, in milliseconds. */
  readonly write: number
}

/** Feeds the command to the end of its input, or until it reads no more. */
export async function feed(
  command: RemoteCommand,
  input: string | OpenSource,
  { op, write }: Feeding,
): Promise<void> {
  const stall = new Deadline(write, () => op.fail(notRead(write)), 1)
  if (typeof input === 'string') {
    await pass(command, Buffer.from(input, 'utf8'), op, stall)
  } else {
    await using source = input
    let isCut = false
    const letGo = (): void => void source.close().catch(() => {})
    const forget = op.onAbort(() => {
      isCut = true
      letGo()
    })
    // A command that has ended needs no more of it, also where the source is slow.
    command.ended.then(letGo, letGo)
    for await (const chunk of chunksOf(source.chunks())) {
      if (!(await pass(command, chunk, op, stall))) break
    }
    forget()
    // The command must not take for whole what was cut short: it gets a signal, and no end.
    if (isCut) return
  }
  command.endInput()
}

/** The caller's own limit: without one there is none, as a program may work for hours before it reads on. */
export function writeLimit(...timeouts: readonly (Timeout | undefined)[]): number {
  const given = timeouts.find((each) => typeof each === 'object' && each.write !== undefined)
  return (typeof given === 'object' ? given.write : undefined) ?? Infinity
}

/** Resolves to false once the command reads no more. */
async function pass(
  command: RemoteCommand,
  chunk: Uint8Array,
  op: Operation,
  stall: Deadline,
): Promise<boolean> {
  for (const piece of piecesOf([chunk])) {
    for (const bytes of piece) {
      stall.start()
      const taken = await command.write(bytes).finally(() => stall.stop())
      if (!taken) return false
    }
    const size = sizeOf(piece)
    stall.moved(size)
    op.idle.moved(size)
  }
  return true
}

async function* chunksOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  try {
    yield* chunks
  } catch (error) {
    // What the caller's own source throws is the caller's.
    throw isNetError(error) ? error : callerFault(error)
  }
}

function notRead(limit: number): ReturnType<typeof netError> {
  return netError('NET_TIMEOUT_WRITE', {
    message: `the command read none of its input within ${limit} ms (timeout.write)`,
    limit,
    phase: 'send',
  })
}
