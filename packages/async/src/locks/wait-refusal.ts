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
  // A wrong option is an error at once, also if the call does not have to wait; so is what a getter of the caller's throws.
  try {
    return checked(options, door)
  } catch (error) {
    return error as NetError
  }
}

function checked<O extends WaitOptions>(options: O, door: OptionsDoor<O>): NetError | undefined {
  if (!isPlain(options)) door(options)
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

const waitDoor = doorOf<WaitOptions>('wait', waitTable)
