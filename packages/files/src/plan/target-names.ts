/* How names of the source are found, and fit, on the target. */

import type { RemoteCapabilities } from '@net/core'

import type { PlanRules } from './plan-rules.ts'

/** What two spellings of a name have in common that are one file on that tree. */
export function nameKey(name: string, { letterCase, unicodeForm }: RemoteCapabilities): string {
  const formed = unicodeForm === 'kept' ? name : name.normalize('NFC')
  return letterCase === 'kept' ? formed : formed.toLowerCase()
}

/** The first character of the name that is one of the forbidden ones. */
function forbiddenIn(name: string, forbidden: string): string | undefined {
  if (forbidden === '') return undefined
  if (forbidden !== known?.forbidden) {
    const escaped = forbidden.replaceAll(/[\\\]^-]/g, String.raw`\$&`)
    known = { forbidden, anyOf: new RegExp(`[${escaped}]`, 'u') }
  }
  return known.anyOf.exec(name)?.[0]
}

let known: { readonly forbidden: string; readonly anyOf: RegExp } | undefined

/** Why the target cannot have the name; undefined if it can. */
export function whyNot(name: string, { to, refusesName }: PlanRules): string | undefined {
  const bad = forbiddenIn(name, to.forbidden)
  if (bad !== undefined) return `the target allows no ${JSON.stringify(bad)} in names`
  if (Buffer.byteLength(name) > to.longestName) {
    return `the target's names have at most ${to.longestName} bytes`
  }
  return refusesName?.(name)
}
