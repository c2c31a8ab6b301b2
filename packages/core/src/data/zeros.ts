/* Runs of zeros, which sparse files have as holes. */

/** Whether all of the bytes are zero; up to 256 KiB of them, a longer run is not looked at. */
export function isZero(bytes: Uint8Array): boolean {
  if (bytes[0] !== 0 || bytes.length > MOST) return false
  zeros ??= Buffer.alloc(MOST)
  return Buffer.compare(zeros.subarray(0, bytes.length), bytes) === 0
}

let zeros: Buffer | undefined
const MOST = 262_144
