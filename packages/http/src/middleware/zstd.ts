/*
 * Whether this runtime tells a zstd body that was cut from a whole one. Node 22 ends such a stream as if it were whole;
 * there zstd is neither asked for nor taken off.
 */

import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'

/** Asked of the runtime once. */
export function tellsCutZstd(): boolean {
  told ??= probe()
  return told
}

function probe(): boolean {
  const whole = zstdCompressSync(Buffer.from('whole'))
  try {
    zstdDecompressSync(whole.subarray(0, -1))
    return false
  } catch {
    return true
  }
}

let told: boolean | undefined
