/*
 * The content codings that a body has by its header (RFC 9110 section 8.4), and whether the request asked for them. It must
 * not know how they are taken off.
 */

import { tellsCutZstd } from './zstd.ts'

/** A coding that can be taken off. */
export type Coding = 'gzip' | 'deflate' | 'br' | 'zstd'

/** What `Content-Encoding` says. */
export interface Codings {
  /** In the order in which they were applied; none if one is unknown. */
  readonly known: readonly Coding[]
  /** The first name that is no coding we know. */
  readonly unknown?: string
}

/** The codings of a body. Names that mean no coding, but are sent as such, are passed over. */
export function codingsOf(field: string): Codings {
  const known: Coding[] = []
  for (const part of field.split(',')) {
    const name = part.trim().toLowerCase()
    const coding = ALIASES.get(name)
    if (coding === undefined && !isNone(name)) return { known: NONE, unknown: name }
    if (coding === 'zstd' && !tellsCutZstd()) return { known: NONE, unknown: name }
    if (coding !== undefined) known.push(coding)
  }
  return { known }
}

/** The first of the codings that a request with this `Accept-Encoding` did not ask for; without the field any will do (RFC 9110 section 12.5.3). */
export function unasked(
  codings: readonly Coding[],
  accept: string | undefined,
): Coding | undefined {
  if (accept === undefined) return undefined
  const asked = new Map<string, boolean>()
  for (const part of accept.split(',')) {
    const [name = '', ...params] = part.split(';').map((each) => each.trim().toLowerCase())
    asked.set(ALIASES.get(name) ?? name, !params.some((each) => REFUSED.test(each)))
  }
  return codings.find((coding) => !(asked.get(coding) ?? asked.get('*') ?? false))
}

function isNone(name: string): boolean {
  return NO_CODINGS.has(name) || isCharset(name)
}

/** Some servers name the charset of the text here. */
function isCharset(name: string): boolean {
  try {
    return new TextDecoder(name).encoding !== ''
  } catch {
    return false
  }
}

const ALIASES: ReadonlyMap<string, Coding> = new Map([
  ['gzip', 'gzip'],
  ['x-gzip', 'gzip'],
  ['deflate', 'deflate'],
  ['br', 'br'],
  ['zstd', 'zstd'],
])
const NO_CODINGS: ReadonlySet<string> = new Set(['', 'identity', 'none', 'binary', 'aws-chunked'])
const NONE: readonly Coding[] = []
const REFUSED = /^q=0(?:\.0*)?$/
