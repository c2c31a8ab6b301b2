/* Several sources for one folder, each with a name of its own. */

import { percentDecoded } from '@net/core/authoring'

import type { Address } from '../address.ts'
import { UsageError } from '../usage-error.ts'

/** Throws `UsageError` if two sources have the same name: in the target folder one would replace the other. */
export function refuseOneName(sources: readonly Address[]): void {
  const seen = new Set<string>()
  for (const source of sources) {
    const name = nameOf(source)
    if (name !== '' && seen.has(name)) {
      throw new UsageError(`two of the sources have the name ${name}: one would replace the other`)
    }
    seen.add(name)
  }
}

/** The name of the copy; empty for a source that has no name. */
function nameOf(address: Address): string {
  if (address.kind === 'stream') return ''
  if (address.kind !== 'http') return address.path.split('/').at(-1) ?? ''
  return percentDecoded(new URL(address.url).pathname.split('/').at(-1) ?? '')
}
