/* Which names a local folder takes: those that are safe on any system, unless the caller wants all that this one has. */

import { whyUnsafe } from '@net/core/authoring'

import { badName, faultOf } from '../tree-path.ts'

/** Names that every system has, or all that this one has. */
export type LocalNames = 'portable' | 'system'

/** Why nothing can be made under the name; undefined for a name. */
export function whyRefused(name: string, names: LocalNames): string | undefined {
  return faultOf(name) ?? (names === 'portable' || WINDOWS ? whyUnsafe(name) : undefined)
}

/** Throws `NET_BAD_NAME` for a path at which nothing is to be made. */
export function checkNew(parts: readonly string[], names: LocalNames): void {
  for (const part of parts) {
    const why = whyRefused(part, names)
    if (why !== undefined) throw badName(parts.join('/'), why)
  }
}

/** The characters that no name may have. */
export function forbiddenIn(names: LocalNames): string {
  return names === 'portable' || WINDOWS ? `\\:${CONTROLS}` : ''
}

const WINDOWS = process.platform === 'win32'
const CONTROLS: string = Array.from({ length: 0xa0 }, (_, code) => code)
  .filter((code) => code > 0 && (code < 0x20 || code > 0x7e))
  .map((code) => String.fromCharCode(code))
  .join('')
