/*
 * Whether this runtime reports an incomplete zstd body as an error, as Node 24 does. Where it does not, the client neither
 * requests nor decodes zstd.
 */

import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'

/** Tested once. */
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
