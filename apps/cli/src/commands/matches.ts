/* The places that an argument means: itself, or with `--glob` all that its last part fits. */

import type { RemoteEntry } from '@net/core'
import { netError } from '@net/core/authoring'
import type { TreePlace } from '@net/files'

import { addressOf, type Address } from '../address.ts'
import type { Call } from '../call.ts'
import type { Session } from '../session.ts'
import { UsageError } from '../usage-error.ts'

/** A place and how it was named. */
export interface Match {
  readonly address: Address
  readonly place: TreePlace
}

/** The places of the arguments. Rejects with `NET_NOT_FOUND` for a pattern that fits nothing. */
export async function matchesOf(call: Call, session: Session): Promise<readonly Match[]> {
  const found: Match[] = []
  for (const given of call.args) {
    const address = addressOf(given)
    const place = await session.place(address)
    const one = { address, place }
    // They may be more than a call takes arguments.
    for (const each of call.options.glob === true ? await fitting(call, one) : [one])
      found.push(each)
  }
  return found
}

async function fitting(call: Call, { address, place }: Match): Promise<readonly Match[]> {
  const slash = place.path.lastIndexOf('/')
  const folder = place.path.slice(0, Math.max(slash, 0))
  const fits = patternOf(place.path.slice(slash + 1))
  const entries: RemoteEntry[] = []
  for await (const entry of place.files.list(folder, { signal: call.signal })) {
    const isHidden = entry.name.startsWith('.') && !place.path.slice(slash + 1).startsWith('.')
    if (!isHidden && fits.test(entry.name)) entries.push(entry)
  }
  if (entries.length === 0) {
    throw netError('NET_NOT_FOUND', { message: `nothing fits ${address.given}` })
  }
  return entries
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ path }) => ({ address, place: { ...place, path, mustBeFolder: false } }))
}

/** A pattern of one name: `*`, `?`, `[abc]`, and `[!abc]` or `[^abc]`; everything else is itself. Throws `UsageError`. */
function patternOf(pattern: string): RegExp {
  const source = pattern.replaceAll(
    /\[([!^]?)([^\]]+)\]|[*?]|[\\^$.+()|{}[\]]/g,
    (part, not, set) => {
      if (part === '*') return '.*'
      if (part === '?') return '.'
      if (typeof set !== 'string') return `\\${part}`
      return `[${not === '' ? '' : '^'}${set.replaceAll(/[\\^\]]/g, String.raw`\$&`)}]`
    },
  )
  try {
    return new RegExp(`^${source}$`, 'su')
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new UsageError(`${pattern} is no pattern: a range in it goes backwards`)
  }
}
