/*
 * How options are read: own properties only, so that a polluted Object.prototype configures nothing.
 */

import { netError } from '../errors/net-error.ts'

/** The option's value if the object itself has it. */
export function own<T extends object, K extends keyof T>(
  options: T | undefined,
  key: K,
): T[K] | undefined {
  return options !== undefined && Object.hasOwn(options, key) ? options[key] : undefined
}

/** The options' own enumerable entries as an object without a prototype; later sources win, undefined never does. */
export function mergeOwn<T extends object>(...sources: readonly (T | undefined)[]): Partial<T> {
  const merged = Object.create(null) as Partial<T>
  for (const source of sources) {
    if (source === undefined) continue
    for (const key of Object.keys(source) as (keyof T & string)[]) {
      if (source[key] !== undefined && !UNSAFE.has(key)) merged[key] = source[key]
    }
  }
  return merged
}

/** Throws `NET_INJECTION` if the text holds a control character; the error names the field, never the value. */
export function refuseControl(field: string, text: string): void {
  if (CONTROL.test(text)) {
    throw netError('NET_INJECTION', { message: `${field} contains a control character` })
  }
}

/** Names that an object of the caller's must not set. */
export const UNSAFE: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])
// C0, DEL and C1 end or garble a line of every protocol of ours.
const CONTROL: RegExp = /\p{Cc}/u
