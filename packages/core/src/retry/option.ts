/* The `retry` option of calls and clients: never, so often, how, or by whose decision. */

import { optionName, refused, type Shape } from '../options/shape.ts'
import * as option from '../options/values.ts'
import { BackOff, policyBy, retryOptions, type RetryPolicyOptions } from './back-off.ts'
import type { RetryPolicy } from './policy.ts'

/** `false` for never, a number of attempts in all, `{ attempts, delay, … }`, or a policy. */
export type RetryOption = false | number | RetryPolicyOptions | RetryPolicy

/** The `retry` option, taken as `false` or a policy. */
export const retry: Shape<RetryPolicy | false> = {
  may: 'false, a number of attempts, an object such as { attempts: 3, delay: 100 }, or a retryPolicy()',
  fits: (value) => value === false || option.count.fits(value) || option.isObject(value),
  take(value, name, within) {
    if (value === false || isPolicy(value)) return value
    const known = typeof value === 'number' ? countedPolicies.get(value) : undefined
    if (known !== undefined) return known
    if (!this.fits(value)) throw refused(this.may, value, optionName(name, within))
    if (typeof value !== 'number')
      return policyBy(new BackOff(retryOptions.take(value, name, within)))
    const policy = policyBy(new BackOff({ attempts: value }))
    if (countedPolicies.size < MOST_KEPT) countedPolicies.set(value, policy)
    return policy
  },
}

/** What an option asks for: a policy, or none. Throws `NET_BAD_OPTION`. */
export function policyOf(given: RetryOption): RetryPolicy | undefined {
  const policy = retry.take(given, 'retry')
  return policy === false ? undefined : policy
}

/** The policy of calls that may be repeated and say nothing else: two more attempts. */
export const defaultRetry: RetryPolicy = policyBy(new BackOff({}))

function isPolicy(value: unknown): value is RetryPolicy {
  return option.isObject(value) && typeof Reflect.get(value, 'delay') === 'function'
}

const MOST_KEPT = 16
const countedPolicies = new Map<number, RetryPolicy>()
