/* Finds the entries of a tree that patterns mean. */

import type { RemoteEntry } from '@net/core'
import { argument, inCall, option } from '@net/core/authoring'

import { Filter } from './filter.ts'
import { placeOf, type Place } from './place.ts'
import { PROTOCOL } from './tree-call.ts'
import { doors, type WalkOptions } from './tree-options.ts'
import { walkWith } from './walk.ts'

/**
 * The entries below the place that one of the patterns means, as in a .gitignore file: `*.csv` at any depth, `/*.csv` in the
 * place itself, `in/**` for all in a folder, `!` in front takes back what was meant before. Otherwise as `walk`. Throws
 * `NET_BAD_OPTION` at once.
 */
export function glob(
  place: Place,
  patterns: string | readonly string[],
  options?: Omit<WalkOptions, 'include'>,
): AsyncIterableIterator<RemoteEntry> {
  const [from, include, taken] = inCall({ protocol: PROTOCOL, call: 'glob' }, () => [
    placeOf('the place', place),
    [argument('the patterns', option.oneOrMore(option.text), patterns)].flat(),
    doors.walk(options),
  ])
  return walkWith('glob', from, taken, new Filter({ ...taken, include }))
}
