/* The ids of jobs that were given none. */

import { randomFillSync } from 'node:crypto'

/** A random id of 128 bits. The bytes of many are drawn at once; as a UUID it would be many pieces of a text, which cost more than the job. */
export function randomId(): string {
  if (at === bytes.length) {
    randomFillSync(bytes)
    at = 0
  }
  const from = at
  at += ID_BYTES
  return bytes.toString('hex', from, at)
}

const ID_BYTES = 16
const bytes = Buffer.allocUnsafeSlow(256 * ID_BYTES)
let at = bytes.length
