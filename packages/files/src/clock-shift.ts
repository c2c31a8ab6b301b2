/* How far the clock of a tree is from ours, measured by a file that is written and looked at. */

import type { CallOptions } from '@net/core'
import {
  clock,
  inCall,
  netError,
  nextId,
  operation,
  option,
  optionsDoor,
  type OptionsDoor,
} from '@net/core/authoring'

import { placeOf, type Place } from './place.ts'
import { PROTOCOL } from './tree-call.ts'
import { join } from './tree-path.ts'

/**
 * How many milliseconds the clock of a tree is ahead of ours, from the time of a small file that is written into the place
 * and removed again; whole minutes, since that is what clocks are set wrong by, and 0 where it is less than one. A transfer.
 * Rejects with `NET_UNSUPPORTED` where the tree has no times.
 */
export async function measureClockShift(place: Place, options?: CallOptions): Promise<number> {
  const [{ files, path }, taken] = inCall({ protocol: PROTOCOL, call: 'measureClockShift' }, () => [
    placeOf('the place', place),
    shiftDoor(options),
  ])
  const verb = {
    protocol: PROTOCOL,
    operation: 'measureClockShift',
    target: path,
    kind: 'transfer',
  } as const
  return operation(verb, taken, async (op) => {
    const { signal } = op
    const probe = join(path, `.net-clock-${clock().date()}-${nextId()}`)
    const before = clock().date()
    try {
      await files.write(probe, new Uint8Array(0), { signal })
      const { modified } = await files.stat(probe, { signal })
      if (modified === undefined)
        throw netError('NET_UNSUPPORTED', { message: 'the tree tells no times' })
      const shift = Math.round((modified - before) / MINUTE) * MINUTE
      await files.remove(probe)
      return shift
    } catch (error) {
      // A write that has failed may have made it all the same.
      await files.remove(probe).catch(() => {})
      throw error
    }
  })
}

const shiftDoor: OptionsDoor<CallOptions> = optionsDoor<CallOptions>({}, option.perCall)
const MINUTE = 60_000
