/* The `integrity` of a fetch: whether an answer is what the caller expects (W3C Subresource Integrity, section 3.3). */

import { createHash } from 'node:crypto'

/** Whether the bytes have one of the hashes of the strongest kind that is named; true where none is named that is known. */
export function isIntact(bytes: Uint8Array, integrity: string): boolean {
  const named = [...integrity.matchAll(HASH)].map(([, kind = '', hash = '']) => ({ kind, hash }))
  const strongest = KINDS.find((kind) => named.some((each) => each.kind === kind))
  if (strongest === undefined) return true
  const actual = createHash(strongest).update(bytes).digest('base64')
  return named.some(({ kind, hash }) => kind === strongest && standard(hash) === actual)
}

/** Some write base64 as URLs have it, or leave its end out. */
function standard(hash: string): string {
  const plain = hash.replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/, '')
  return plain + '='.repeat((4 - (plain.length % 4)) % 4)
}

const KINDS = ['sha512', 'sha384', 'sha256']
const HASH = /(?<!\S)(sha256|sha384|sha512)-([\w+/-]+={0,2})(?:\?\S*)?(?!\S)/g
