/*
 * Whether this runtime reports an incomplete zstd body as an error, as Node 24 does. Where it does not, the client neither
 * requests nor decodes zstd.
 */

/** Tested once. */
export function tellsCutZstd(): boolean {
  told ??= probe()
  return told
}

function probe(): boolean {
  const { zstdCompressSync, zstdDecompressSync } = process.getBuiltinModule('node:zlib')
  const whole = zstdCompressSync(Buffer.from('whole'))
  try {
    zstdDecompressSync(whole.subarray(0, -1))
    return false
  } catch {
    return true
  }
}

let told: boolean | undefined
