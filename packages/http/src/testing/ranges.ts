/* The part of a body that a request asks for (RFC 9110 section 14), and whether the client has it already (section 13). */

/** What decides about conditions and parts. */
export interface Versioned {
  readonly size: number
  readonly etag?: string | undefined
  readonly modified?: string | undefined
}

/** What a client asks of a body: all of it, nothing as it has it, a part, or a part that does not exist. */
export type Part =
  | 'whole'
  | 'unchanged'
  | 'unsatisfiable'
  | { readonly from: number; readonly to: number }

/** The fields of a request that ask for a part, or for none. */
export interface PartFields {
  readonly range?: string | undefined
  readonly 'if-range'?: string | undefined
  readonly 'if-none-match'?: string | undefined
  readonly 'if-modified-since'?: string | undefined
}

/** What a request with these fields is given. One range alone is served; a list of them gets the whole. */
export function partOf(fields: PartFields, body: Versioned): Part {
  if (isKnown(fields, body)) return 'unchanged'
  const { range, 'if-range': condition } = fields
  if (range === undefined || !isSame(condition, body)) return 'whole'
  const [, first = '', last = ''] = RANGE.exec(range) ?? []
  if (first === '' && last === '') return 'whole'
  return first === '' ? tail(Number(last), body.size) : section(Number(first), last, body.size)
}

function section(from: number, last: string, size: number): Part {
  const to = last === '' ? size - 1 : Math.min(Number(last), size - 1)
  if (last !== '' && Number(last) < from) return 'whole'
  return from < size ? { from, to } : 'unsatisfiable'
}

function tail(length: number, size: number): Part {
  if (length === 0 || size === 0) return 'unsatisfiable'
  return { from: Math.max(0, size - length), to: size - 1 }
}

function isKnown(fields: PartFields, { etag, modified }: Versioned): boolean {
  const { 'if-none-match': tags, 'if-modified-since': since } = fields
  if (tags !== undefined)
    return etag !== undefined && tags.split(',').some((tag) => weak(tag) === weak(etag))
  return since !== undefined && modified !== undefined && Date.parse(modified) <= Date.parse(since)
}

/** A weak tag, and a date that is not exactly the same, never fit (RFC 9110 section 13.1.5). */
function isSame(condition: string | undefined, { etag, modified }: Versioned): boolean {
  if (condition === undefined) return true
  if (condition.startsWith('W/')) return false
  return condition.startsWith('"') ? condition === etag : condition === modified
}

function weak(tag: string): string {
  return tag.trim().replace(/^W\//, '')
}

const RANGE = /^bytes=(\d{0,15})-(\d{0,15})$/
