/*
 * What is written in one tick leaves as one: the engine writes each packet in three pieces, which without this would
 * be three system calls and three segments on the wire.
 */

import type { Socket } from 'node:net'

/** Makes the socket gather what is written until the end of the tick. */
export function batchWrites(socket: Socket): void {
  const write = socket.write.bind(socket)
  let gathering = false
  const flush = (): void => {
    gathering = false
    socket.uncork()
  }
  const gather = (data: Uint8Array): boolean => {
    if (!gathering) {
      gathering = true
      socket.cork()
      process.nextTick(flush)
    }
    return write(data)
  }
  // The engine calls it with its bytes and nothing else.
  socket.write = gather
}
