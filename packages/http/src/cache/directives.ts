/* The field `Cache-Control` (RFC 9111 section 5.2), of a request or of an answer. */

import type { HttpHeaders } from '../headers.ts'

/** What it says: names in lower case, with their arguments; of a repeated one the first counts. */
export type Directives = ReadonlyMap<string, string>

/** The directives of a message. */
export function directivesOf(headers: HttpHeaders): Directives {
  const text = headers.get('cache-control')
  if (text === undefined) return NONE
  if (last?.text !== text) last = { text, said: parsed(text) }
  return last.said
}

/** A directive's number of seconds, in milliseconds; undefined if it is absent. One that is no number counts as 0, which is stale. */
export function secondsOf(directives: Directives, name: string): number | undefined {
  const text = directives.get(name)
  if (text === undefined) return undefined
  return /^\d{1,15}$/.test(text) ? Math.min(Number(text), LONGEST) * 1000 : 0
}

function parsed(text: string): Directives {
  const found = new Map<string, string>()
  for (const [, name = '', quoted, bare] of text.matchAll(DIRECTIVE)) {
    const lower = name.toLowerCase()
    if (!found.has(lower)) found.set(lower, quoted?.replace(/\\(.)/g, '$1') ?? bare ?? '')
  }
  return found
}

/** What was read last: a server says the same of most of its answers, and it is looked at several times. */
let last: { readonly text: string; readonly said: Directives } | undefined
const NONE: Directives = new Map()
const DIRECTIVE = /([!#$%&'*+.^_`|~\w-]+)(?:=(?:"((?:[^"\\]|\\.)*)"|([^\s,;"]*)))?/g
/** 68 years: what is longer means for ever (RFC 9111 section 1.2.2). */
const LONGEST = 2_147_483_648
