/*
 * What the head of a message says about its body and about the connection: RFC 9112 section 6 to the letter. Whatever two
 * readers could understand in two ways is refused: where one message ends and the next begins must never be in doubt.
 */

import { malformed, type Spoken } from './syntax.ts'

/** How the end of a body is known: by its length, by its chunks, or by the end of the connection. */
export type Framing = number | 'chunked' | 'close'

/** What the codec reads in the fields. */
export interface Notes {
  /** `Content-Length`; undefined without one. */
  readonly length: number | undefined
  /** `Transfer-Encoding` in lower case, several lines joined. */
  readonly codings: string | undefined
  /** The options of `Connection` in lower case, several lines joined. */
  readonly connection: string | undefined
  /** Whether there is an `Upgrade`. */
  readonly upgrades: boolean
  /** `Keep-Alive`; undefined without one. */
  readonly keepAlive: string | undefined
  /** How many lines `Host` has. */
  readonly hosts: number
}

/** Reads the notes of fields, names and values in turn. Throws `NET_PROTO_MALFORMED` for a length that is not a number, and for two that differ. */
export function notesOf(fields: readonly string[], what: Spoken): Notes {
  const found: Found = { upgrades: false, hosts: 0 }
  for (let at = 0; at < fields.length; at += 2) {
    const name = fields[at] ?? ''
    // Few other names are as long, so that hardly any is compared.
    const read = READERS[name.length]
    if (read !== undefined) read(found, name.toLowerCase(), fields[at + 1] ?? '')
  }
  return {
    length: found.length === undefined ? undefined : lengthOf(found.length, what),
    codings: found.codings,
    connection: found.connection,
    upgrades: found.upgrades,
    keepAlive: found.keepAlive,
    hosts: found.hosts,
  }
}

/** How the body of a response ends (RFC 9112 section 6.3). */
export function responseFraming(method: string, status: number, notes: Notes): Framing {
  const { length, codings } = notes
  if (codings !== undefined && length !== undefined)
    throw malformed('response', 'both Content-Length and Transfer-Encoding')
  if (method === 'HEAD' || status < 200 || status === 204 || status === 304) return 0
  if (codings === undefined) return length ?? 'close'
  if (codings === 'chunked') return 'chunked'
  // No coding at all, as servers before 1999 put it: the end of the connection is the end of the body.
  if (codings === 'identity') return 'close'
  throw malformed('response', 'an unknown transfer coding')
}

/** How the body of a request ends. */
export function requestFraming(minor: number, notes: Notes): Framing {
  const { length, codings, hosts } = notes
  if (hosts > 1 || (hosts === 0 && minor > 0)) throw malformed('request', 'no Host, or several')
  if (codings === undefined) return length ?? 0
  if (length !== undefined) throw malformed('request', 'both Content-Length and Transfer-Encoding')
  if (minor === 0) throw malformed('request', 'a Transfer-Encoding in HTTP/1.0')
  if (codings === 'chunked') return 'chunked'
  throw malformed('request', 'an unknown transfer coding')
}

/** Whether the connection may carry another message behind this one (RFC 9112 section 9.3). */
export function isKept(minor: number, { connection, codings }: Notes): boolean {
  // With a coding in HTTP/1.0 it is not certain where the message ended (section 6.1).
  if (minor === 0 && codings !== undefined) return false
  if (connection === undefined) return minor > 0
  if (connection === 'keep-alive') return true
  const options = connection.split(',').map((option) => option.trim())
  if (options.includes('close')) return false
  return minor > 0 || options.includes('keep-alive')
}

/** How many milliseconds the peer says that it keeps an unused connection; undefined if it does not say. */
export function keptFor({ keepAlive }: Notes): number | undefined {
  if (keepAlive === undefined) return undefined
  if (keepAlive !== lastKept.text) {
    const seconds = /\btimeout=(\d{1,9})\b/i.exec(keepAlive)?.[1]
    lastKept = { text: keepAlive, time: seconds === undefined ? undefined : Number(seconds) * 1000 }
  }
  return lastKept.time
}

/** Servers say the same with each response. */
let lastKept: { readonly text: string; readonly time: number | undefined } = {
  text: '',
  time: undefined,
}

interface Found {
  length?: string
  codings?: string
  connection?: string
  keepAlive?: string
  upgrades: boolean
  hosts: number
}

type Reader = (found: Found, name: string, value: string) => void

/** By the length of the name. */
const READERS: readonly (Reader | undefined)[] = readersByLength({
  4: (found, name) => {
    if (name === 'host') found.hosts += 1
  },
  7: (found, name) => {
    if (name === 'upgrade') found.upgrades = true
  },
  10: (found, name, value) => {
    if (name === 'connection') found.connection = joined(found.connection, value.toLowerCase())
    else if (name === 'keep-alive') found.keepAlive = joined(found.keepAlive, value)
  },
  14: (found, name, value) => {
    if (name === 'content-length') found.length = joined(found.length, value)
  },
  17: (found, name, value) => {
    if (name === 'transfer-encoding') found.codings = joined(found.codings, value.toLowerCase())
  },
})

function readersByLength(readers: Readonly<Record<number, Reader>>): (Reader | undefined)[] {
  return Array.from({ length: 18 }, (_, length) => readers[length])
}

function joined(before: string | undefined, value: string): string {
  return before === undefined ? value : `${before}, ${value}`
}

/** One length, or the same one several times (RFC 9110 section 8.6). */
function lengthOf(text: string, what: Spoken): number {
  const first = text.includes(',') ? sameOf(text, what) : text
  const length = DIGITS.test(first) ? Number(first) : Number.NaN
  if (Number.isSafeInteger(length)) return length
  throw malformed(what, 'a Content-Length that is no length')
}

function sameOf(text: string, what: Spoken): string {
  const [first = '', ...others] = text.split(',').map((value) => value.trim())
  if (others.every((other) => other === first)) return first
  throw malformed(what, 'two values of Content-Length')
}

const DIGITS = /^\d+$/
