/* A message of a client as one frame (RFC 6455 sections 5.2 and 5.3), masked four bytes at a time, which ws does byte by byte. */

import { randomFillSync } from 'node:crypto'

/** The frame of a whole message, text or bytes, in memory of its own. */
export function maskedFrame(message: string | Uint8Array): Buffer {
  const isText = typeof message === 'string'
  const size = isText ? Buffer.byteLength(message) : message.length
  // Mask and message begin at multiples of four.
  const at = size < MEDIUM ? 8 : 16
  const memory = Buffer.allocUnsafe(at + size)
  if (isText) memory.write(message, at)
  else memory.set(message, at)
  mask(memory, at, size)
  return memory.subarray(writeHead(memory, isText ? TEXT : BINARY, size))
}

/** Writes what stands in front of the mask; returns where the frame begins. */
function writeHead(memory: Buffer, first: number, size: number): number {
  if (size < SHORT) {
    memory[2] = first
    memory[3] = MASKED | size
    return 2
  }
  if (size < MEDIUM) {
    memory[0] = first
    memory[1] = MASKED | 126
    memory.writeUInt16BE(size, 2)
    return 0
  }
  memory[2] = first
  memory[3] = MASKED | 127
  memory.writeUInt32BE(Math.floor(size / 0x1_0000_0000), 4)
  memory.writeUInt32BE(size % 0x1_0000_0000, 8)
  return 2
}

/** Puts a new mask in front of the message and masks it. */
function mask(memory: Buffer, at: number, size: number): void {
  const key = nextKey()
  // The memory of Buffer begins at multiples of eight.
  const words = new Uint32Array(memory.buffer, memory.byteOffset + at - 4, 1 + (size >> 2))
  words[0] = key
  for (let word = 1; word < words.length; word++) words[word] = (words[word] ?? 0) ^ key
  for (let byte = size & ~3; byte < size; byte++)
    memory[at + byte] = (memory[at + byte] ?? 0) ^ (memory[at - 4 + (byte & 3)] ?? 0)
}

/** Nobody may foresee it (RFC 6455 section 10.3). */
function nextKey(): number {
  if (used === KEYS.length) {
    randomFillSync(KEYS)
    used = 0
  }
  return KEYS[used++] ?? 0
}

const KEYS: Uint32Array<ArrayBuffer> = new Uint32Array(1024)
let used = KEYS.length
const TEXT = 0x81
const BINARY = 0x82
const MASKED = 0x80
const SHORT = 126
const MEDIUM = 65_536
