/*
 * A policy of the caller's: what it throws is the caller's own, and what it gives is looked at before a key is trusted
 * by it.
 */

import { isNetError } from '@net/core'
import { argument, callerFault, shape, type Shape } from '@net/core/authoring'

import type { HostKeyCheck, HostKeyPolicy, HostKeyVerdict } from './policy.ts'

/** The same policy. Rejects with `NET_BAD_OPTION` where it gives no check or no verdict. */
export function foreignPolicy(policy: HostKeyPolicy): HostKeyPolicy {
  const { name } = policy
  return {
    name,
    async open(subject) {
      const given = await guarded(() => policy.open(subject))
      const check = argument(`what open() of the policy ${name} gives`, aCheck, given)
      const { types, anyType, authority } = check
      return { types, anyType, authority, check: (key) => verdictOf(name, () => check.check(key)) }
    },
  }
}

async function verdictOf(
  name: string,
  ask: () => HostKeyVerdict | Promise<HostKeyVerdict>,
): Promise<HostKeyVerdict> {
  const verdict = argument(`what check() of the policy ${name} gives`, aVerdict, await guarded(ask))
  const { warning, learn } = verdict
  return {
    warning,
    learn,
    ...(verdict.remember === undefined
      ? {}
      : { remember: () => guarded(() => verdict.remember?.()) }),
  }
}

async function guarded<T>(ask: () => T | Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    throw isNetError(error) ? error : callerFault(error)
  }
}

const aCheck: Shape<HostKeyCheck> = shape('{ types, check }', (value) => {
  const { types, check } = Object(value) as Partial<HostKeyCheck>
  return (
    Array.isArray(types) &&
    types.every((type) => typeof type === 'string') &&
    typeof check === 'function'
  )
})

const aVerdict: Shape<HostKeyVerdict> = shape('{}, or { warning, remember }', (value) => {
  if (typeof value !== 'object' || value === null) return false
  const { warning, remember } = value as Partial<Record<keyof HostKeyVerdict, unknown>>
  return isOptional(warning, 'string') && isOptional(remember, 'function')
})

function isOptional(value: unknown, type: 'string' | 'function'): boolean {
  return value === undefined || typeof value === type
}
