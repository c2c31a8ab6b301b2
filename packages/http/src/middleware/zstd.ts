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
  const { zstdDecompressSync } = process.getBuiltinModule('node:zlib')
  try {
    zstdDecompressSync(CUT)
    return false
  } catch {
    return true
  }
}

/** The word `whole` as zstd has it, without the last byte. Making it here would be the first use of a compressor. */
const CUT = Buffer.from('28b52ffd200529000077686f6c', 'hex')

let told: boolean | undefined
