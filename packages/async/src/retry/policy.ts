/* Policies for clients and calls of every protocol; they decide by the back-off of core. */

import type { RetryPolicy, RetryPolicyOptions } from '@net/core'
import { BackOff, optionsDoor, policyBy, retryTable } from '@net/core/authoring'

/**
 * A policy for clients and calls of every protocol: repeats what `isRetryable` allows. Throws `NET_BAD_OPTION`.
 */
export function retryPolicy(options?: RetryPolicyOptions): RetryPolicy {
  return policyBy(new BackOff(policyDoor(options)))
}

const policyDoor = optionsDoor<RetryPolicyOptions>(
  { protocol: 'async', call: 'retryPolicy' },
  retryTable,
)
