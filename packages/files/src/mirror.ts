/* Makes one tree like another. */

import { inCall, operation } from '@net/core/authoring'

import type { TreeReport } from './entry-report.ts'
import { refuseOverlap } from './overlap.ts'
import { placeOf, type Place } from './place.ts'
import { PROTOCOL } from './tree-call.ts'
import { TreeCopy } from './tree-copy.ts'
import { doors, type MirrorOptions } from './tree-options.ts'

/**
 * Makes the target like the source: sends what is missing or different, and with `delete` removes what the source has not.
 * Everything is planned before a byte moves; a file takes its name when all of it is there; folders come first, then files,
 * then what is removed. One entry that fails does not stop the rest: when all are settled the call rejects with
 * `NET_PARTIAL_TRANSFER`, whose `partial` is the report. A transfer. Rejects with `NET_NOT_FOUND` if there is no source,
 * and with `NET_BAD_OPTION` if the two overlap or too much would be removed, before anything is done.
 */
export async function mirror(from: Place, to: Place, options?: MirrorOptions): Promise<TreeReport> {
  const [source, target, taken] = inCall({ protocol: PROTOCOL, call: 'mirror' }, () => {
    const places = [placeOf('the source', from), placeOf('the target', to)] as const
    refuseOverlap(...places, true)
    return [...places, doors.mirror(options)]
  })
  const { onProgress, signal, timeout } = taken
  const spec = {
    protocol: PROTOCOL,
    operation: 'mirror',
    target: `${source.files.name} to ${target.files.name}`,
    kind: 'transfer',
  } as const
  return operation(spec, { onProgress, signal, timeout }, (op) =>
    new TreeCopy({ source, target, options: taken, isFile: false }, op).run(),
  )
}
