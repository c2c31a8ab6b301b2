/* What both directions of AES-GCM need besides the cipher: the number in the IV, and the memory that node:crypto gives. */

/** The last eight bytes are a number (RFC 5647, section 7.1). */
export function countUp(iv: Buffer): void {
  for (let at = iv.length - 1; at >= iv.length - 8; at--) {
    const next = ((iv[at] ?? 0) + 1) & 0xff
    iv[at] = next
    if (next !== 0) return
  }
}

/**
 * Frees what a cipher has given, at once: node:crypto sets aside new memory for each call, and the garbage collector, which
 * comes later, has to walk the heap for it. Nothing may use the bytes any more. Leaves alone what is a part of something else.
 */
export function letGo(bytes: Buffer): void {
  const { buffer } = bytes
  if (buffer instanceof ArrayBuffer && buffer.byteLength === bytes.length) buffer.transfer(0)
}
