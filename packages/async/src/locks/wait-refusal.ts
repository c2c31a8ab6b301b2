/* Whether a wait may begin: its options are checked once, before the call looks whether it must wait at all. */

import type { NetError } from '@net/core'
import { abortError, own, traceToCaller, type OptionsDoor } from '@net/core/authoring'

import { doorOf, waitTable } from '../doors.ts'
import { isLimit } from '../option-checks.ts'
import type { WaitOptions } from '../tasks/job.ts'

/** Why a wait must not even begin: its signal has aborted, or its options are wrong; undefined if it may. */
export function waitRefusal<O extends WaitOptions>(
  options: O | undefined,
  door: OptionsDoor<O> = waitDoor as OptionsDoor<O>,
): NetError | undefined {
  if (options === undefined) return undefined
  // A wrong option is an error at once, also if the call does not have to wait.
  const fault = isPlain(options) ? undefined : faultOf(options, door)
  if (fault !== undefined) return fault
  const signal = own(options, 'signal')
  if (signal?.aborted !== true) return undefined
  const aborted = abortError(signal.reason)
  traceToCaller(aborted)
  return aborted
}

/** Whether the options are those of a plain wait: a look at them instead of a way through the door. */
function isPlain(options: WaitOptions): boolean {
  for (const name in options) if (name !== 'signal' && name !== 'timeout') return false
  const { signal, timeout } = options
  if (signal !== undefined && !(signal instanceof AbortSignal)) return false
  return timeout === undefined || isLimit(timeout)
}

function faultOf<O>(options: O, door: OptionsDoor<O>): NetError | undefined {
  try {
    door(options)
    return undefined
  } catch (error) {
    return error as NetError
  }
}

const waitDoor = doorOf<WaitOptions>('wait', waitTable)
