/*
 * What is written in one tick leaves as one: the engine writes each packet in three pieces, which without this would
 * be three system calls and three segments on the wire.
 */

import type { Socket } from 'node:net'

import { sizeOf } from '@net/core/authoring'

/** Makes the socket gather what is written until the end of the tick. */
export function batchWrites(socket: Socket): void {
  const write = socket.write.bind(socket)
  const end = socket.end.bind(socket)
  let held: Uint8Array[] = []
  const flush = (): void => {
    const pieces = held
    held = []
    if (socket.destroyed || pieces.length === 0) return
    if (sizeOf(pieces) > LARGEST_COPY) {
      socket.cork()
      for (const piece of pieces) write(piece)
      socket.uncork()
    } else {
      write(Buffer.concat(pieces))
    }
  }
  const gather = (data: Uint8Array | string): boolean => {
    if (held.length === 0) process.nextTick(flush)
    // Greetings are texts.
    held.push(typeof data === 'string' ? Buffer.from(data) : data)
    return !socket.writableNeedDrain
  }
  // The engine calls both with its bytes, or nothing, alone.
  socket.write = gather
  socket.end = () => {
    flush()
    return end()
  }
}

// Larger ones leave piece by piece: the copy would cost more than it saves.
const LARGEST_COPY = 64 * 1024
