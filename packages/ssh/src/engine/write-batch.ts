/*
 * What is written in one tick leaves as one: the engine writes each packet in three pieces, which without this would
 * be three system calls and three segments on the wire. The pieces are copied, into memory that is used again once the
 * kernel has it.
 */

import type { Socket } from 'node:net'

/** Makes the socket gather what is written until the end of the tick. The bytes may change when `write` returns. */
export function batchWrites(socket: Socket): void {
  const write = socket.write.bind(socket)
  const end = socket.end.bind(socket)
  let blocks: Buffer[] = []
  let filled = 0
  const flush = (): void => {
    const [all, last] = [blocks, filled]
    blocks = []
    filled = 0
    if (socket.destroyed || all.length === 0) return
    if (all.length > 1) socket.cork()
    for (const [at, block] of all.entries()) {
      const bytes = at < all.length - 1 ? block : block.subarray(0, last)
      write(bytes, (error) => {
        if (error == null) giveBack(block)
      })
    }
    if (all.length > 1) socket.uncork()
  }
  const gather = (data: Uint8Array | string): boolean => {
    if (blocks.length === 0) process.nextTick(flush)
    // Greetings are texts.
    const bytes = typeof data === 'string' ? Buffer.from(data) : data
    for (let at = 0; at < bytes.length;) {
      let block = blocks.at(-1)
      if (block === undefined || filled === block.length) {
        block = free.pop() ?? Buffer.allocUnsafeSlow(BLOCK)
        blocks.push(block)
        filled = 0
      }
      const size = Math.min(block.length - filled, bytes.length - at)
      block.set(size === bytes.length ? bytes : bytes.subarray(at, at + size), filled)
      filled += size
      at += size
    }
    return !socket.writableNeedDrain
  }
  // The engine calls both with its bytes, or nothing, alone.
  socket.write = gather
  socket.end = () => {
    flush()
    return end()
  }
}

function giveBack(block: Buffer): void {
  if (free.length < KEPT) free.push(block)
}

/** Of all sockets: most have nothing to write. */
const free: Buffer[] = []
const KEPT = 16
const BLOCK = 64 * 1024
