/*
 * Header fields as a value: case-insensitive to read, in their own order and spelling on the wire. It must not know
 * the message that they belong to.
 */

import { isSecret, type Secret } from '@net/core'
import {
  claimSecrets,
  disown,
  holdSecret,
  isSecretName,
  netError,
  PRINTING,
  redact,
  refused,
  shape,
  type Shape,
} from '@net/core/authoring'

import { isToken } from './http1/syntax.ts'
import { shownUrl } from './shown-url.ts'

/** One field's value; several for a field that is repeated; null drops the field, also one that we would add. */
export type HeaderValue = string | number | Secret | readonly string[] | null | undefined

/** Header fields as callers give them. Names are case-insensitive; pairs may repeat a name. */
export type HeaderFields =
  | HttpHeaders
  | Readonly<Record<string, HeaderValue>>
  | Iterable<readonly [string, string]>

/**
 * Header fields, immutable. `Authorization`, `Cookie` and other fields whose name says that they are secret are struck
 * out of messages, events and what is printed.
 */
export class HttpHeaders implements Iterable<readonly [string, string]> {
  static readonly #noFields: readonly string[] = []
  static readonly #none: HttpHeaders = new HttpHeaders(undefined)
  #list: readonly string[]
  #secret: boolean | undefined

  static {
    // Declared as a computed member it would need type inference to make this file's declarations.
    Object.defineProperty(HttpHeaders.prototype, PRINTING, {
      value(this: HttpHeaders) {
        return this.toJSON()
      },
    })
  }

  /** Throws `NET_BAD_HEADER` for a name or value that HTTP does not allow (RFC 9110 section 5), `NET_INJECTION` for control characters. */
  constructor(fields?: HeaderFields) {
    this.#list = fields === undefined ? HttpHeaders.#noFields : listed(fields)
  }

  /** The fields of a message as they came: names and values in turn. */
  static received(fields: readonly string[]): HttpHeaders {
    return HttpHeaders.#of(fields)
  }

  /** No fields at all. */
  static get none(): HttpHeaders {
    return HttpHeaders.#none
  }

  /** Whether there is a field whose name says that it is secret. */
  get secret(): boolean {
    this.#secret ??= this.#kept(isSecretName).length > 0
    return this.#secret
  }

  /** How many lines there are. */
  get size(): number {
    return this.wire.length / 2
  }

  /** Names and values in turn, as on the wire. */
  get wire(): readonly string[] {
    return this.#list
  }

  /** The field's value; several lines are joined by a comma and a space (RFC 9110 section 5.3); undefined if it is absent. */
  get(name: string): string | undefined {
    const list = this.wire
    const wanted = nameOf(name)
    let value: string | undefined
    for (let at = 0; at < list.length; at += 2) {
      if (!isNamed(list[at], wanted)) continue
      const more = list[at + 1] ?? ''
      value = value === undefined ? more : `${value}, ${more}`
    }
    return value
  }

  /** The field's values, one for each line. */
  getAll(name: string): readonly string[] {
    const list = this.wire
    const wanted = nameOf(name)
    const values: string[] = []
    for (let at = 0; at < list.length; at += 2) {
      if (!isNamed(list[at], wanted)) continue
      values.push(list[at + 1] ?? '')
    }
    return values
  }

  /** Whether there is such a field. */
  has(name: string): boolean {
    return this.get(name) !== undefined
  }

  /** These fields with others put in their place; null drops a field. Throws like the constructor. */
  with(fields: HeaderFields): HttpHeaders {
    const dropped = new Set<string>()
    const added = listed(fields, (name) => dropped.add(name.toLowerCase()))
    for (let at = 0; at < added.length; at += 2) dropped.add(lower(added, at))
    return HttpHeaders.#of([...this.#kept((name) => !dropped.has(name)), ...added])
  }

  /** These fields without some. */
  without(...names: readonly string[]): HttpHeaders {
    const dropped = new Set(names.map(nameOf))
    return this.filter((name) => !dropped.has(name))
  }

  /** The fields for whose name in lower case `keep` holds. */
  filter(keep: (name: string) => boolean): HttpHeaders {
    return HttpHeaders.#of(this.#kept(keep))
  }

  *[Symbol.iterator](): Iterator<readonly [string, string]> {
    const list = this.wire
    for (let at = 0; at < list.length; at += 2) yield [list[at] ?? '', list[at + 1] ?? '']
  }

  /** Names in lower case with their values; secret ones as `[secret]`. */
  toJSON(): Record<string, string> {
    const plain: Record<string, string> = {}
    for (const [name] of this) {
      const key = name.toLowerCase()
      Object.defineProperty(plain, key, {
        value: isSecretName(key) ? '[secret]' : redact(shownField(key, this.get(key) ?? '')),
        configurable: true,
        enumerable: true,
        writable: true,
      })
    }
    return plain
  }

  /** Strikes the values of secret fields out of the messages and events of a client or call, for as long as these fields are alive. */
  protect(owner: number): void {
    let secret = false
    for (const [name, value] of this) {
      if (!isSecretName(name)) continue
      holdHeader(value, this)
      secret = true
    }
    if (secret) claimSecrets(this, owner)
  }

  #kept(keep: (name: string) => boolean): string[] {
    const list = this.wire
    const kept: string[] = []
    for (let at = 0; at < list.length; at += 2) {
      if (keep(lower(list, at))) kept.push(list[at] ?? '', list[at + 1] ?? '')
    }
    return kept
  }

  static #of(list: readonly string[]): HttpHeaders {
    const headers = new HttpHeaders()
    headers.#list = list
    return headers
  }
}

/** The option `headers`. */
export const headersShape: Shape<HeaderFields> = shape(
  'an object of header fields, a list of pairs or HttpHeaders',
  (value) => typeof value === 'object' && value !== null,
)

/** What a caller gave with other fields put in its place; what drops a field of a client stays. */
export function fieldsOver(
  given: HeaderFields | undefined,
  fields: Readonly<Record<string, string | null>>,
): HeaderFields {
  if (given === undefined) return fields
  if (Symbol.iterator in given) return new HttpHeaders(given).with(fields)
  const kept = Object.entries(given).filter(([name]) => !(name.toLowerCase() in fields))
  return { ...Object.fromEntries(kept), ...fields }
}

/** Whether a field of this name, in lower case, contains only which response the client prefers. */
export function isHarmless(name: string): boolean {
  return HARMLESS.has(name)
}

function shownField(name: string, value: string): string {
  return URLS.has(name) ? shownUrl(value) : value
}

function listed(fields: HeaderFields, drop?: (name: string) => void): string[] {
  if (fields instanceof HttpHeaders) return [...fields.wire]
  if (!headersShape.fits(fields)) throw refused(headersShape.may, fields, 'the fields')
  const list: string[] = []
  for (const [name, value] of Symbol.iterator in fields ? pairs(fields) : Object.entries(fields)) {
    if (value === null) drop?.(name)
    else if (value !== undefined) add(list, name, value)
  }
  return list
}

function* pairs(fields: Iterable<unknown>): Generator<readonly [string, HeaderValue]> {
  for (const pair of fields) {
    if (!Array.isArray(pair) || pair.length !== 2) {
      throw refused('[name, value]', pair, 'each of a list of fields')
    }
    yield pair as [string, HeaderValue]
  }
}

function add(list: string[], name: string, value: Exclude<HeaderValue, null | undefined>): void {
  checkName(name)
  if (Array.isArray(value))
    for (const each of value as readonly string[]) list.push(name, checked(name, each))
  else list.push(name, checked(name, textOf(value as string | number | Secret)))
}

function textOf(value: string | number | Secret): unknown {
  if (isSecret(value)) return value.reveal()
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : value
}

function nameOf(name: string): string {
  if (typeof name !== 'string') throw refused('the name of a header', name, 'name')
  return name.toLowerCase()
}

function checkName(name: string): void {
  if (typeof name === 'string' && isToken(name)) return
  const code = CONTROL.test(name) ? 'NET_INJECTION' : 'NET_BAD_HEADER'
  throw netError(code, {
    message: 'the name of a header must be a token (RFC 9110, section 5.6.2)',
  })
}

function checked(name: string, value: unknown): string {
  if (typeof value !== 'string') {
    disown(value)
    throw netError('NET_BAD_HEADER', {
      message: `the header ${name} must be a string, a number, a secret or a list of strings`,
    })
  }
  if (CONTROL.test(value)) {
    throw netError('NET_INJECTION', { message: `the header ${name} contains a control character` })
  }
  if (BEYOND_LATIN1.test(value)) {
    throw netError('NET_BAD_HEADER', {
      message: `the header ${name} contains a character that is not in Latin-1`,
    })
  }
  return value.trim()
}

/** Strikes what a secret field says out of messages and events for as long as `holder` is alive. */
export function holdHeader(value: string, holder: object): void {
  holdSecret(value, holder)
  const [scheme, credentials] = split(value, ' ')
  if (credentials !== undefined) holdSecret(credentials, holder)
  // `Basic` holds a password in base64, which a peer may echo in clear.
  if (credentials !== undefined && scheme.toLowerCase() === 'basic') {
    const plain = Buffer.from(credentials, 'base64').toString('utf8')
    holdSecret(plain, holder)
    holdSecret(split(plain, ':')[1] ?? plain, holder)
  }
  for (const pair of value.split(';')) {
    const secret = split(pair.trim(), '=')[1]
    // Short values of cookies are ordinary words such as `dark` or `en-US`.
    if (secret !== undefined && secret.length >= SHORTEST_COOKIE) holdSecret(secret, holder)
  }
}

function split(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator)
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)]
}

/** Whether a field has this name, which is in lower case. Most names differ in their length or first letter. */
function isNamed(given: string | undefined, name: string): boolean {
  if (given?.length !== name.length) return false
  const differs = given.charCodeAt(0) ^ name.charCodeAt(0)
  return (differs === 0 || differs === CASE) && given.toLowerCase() === name
}

function lower(list: readonly string[], at: number): string {
  return list[at]?.toLowerCase() ?? ''
}

const CONTROL: RegExp = new RegExp('[\\u0000-\\u0008\\u000a-\\u001f\\u007f]')
const BEYOND_LATIN1: RegExp = new RegExp('[^\\u0000-\\u00ff]')
/** Fields whose value is a URL, and may lead to what only its receiver is meant to open. */
const URLS: ReadonlySet<string> = new Set(['content-location', 'location', 'referer'])
/** What tells a small letter from a capital one. */
const CASE = 0x20
const SHORTEST_COOKIE = 8
const HARMLESS: ReadonlySet<string> = new Set([
  'accept',
  'accept-encoding',
  'accept-language',
  'cache-control',
  'content-encoding',
  'content-language',
  'content-type',
  'pragma',
  'range',
  'user-agent',
])
