/*
 * Mail addresses, read strictly: one mailbox, no comments, no groups. What could be read in two ways is refused, because
 * a header and an envelope must never disagree about where a message goes. Knows no message.
 */

import { domainToASCII } from 'node:url'
import { isIPv4, isIPv6 } from 'node:net'

import {
  argument,
  netError,
  option,
  own,
  refuseControl,
  shape,
  type Shape,
} from '@net/core/authoring'

import { splitAddresses } from './address-list.ts'

/** A mailbox: `ada@example.com`, `Ada Lovelace <ada@example.com>`, or its parts. */
export type Address = string | AddressParts

/** A mailbox in parts. */
export interface AddressParts {
  /** The owner's name as plain text; it is quoted and encoded as it needs. */
  readonly name?: string | undefined
  /** `local@domain`. */
  readonly address: string
}

/** A mailbox that was read. */
export interface CheckedAddress {
  readonly parts: AddressParts
  /** Its `local@domain` as the caller wrote it. */
  readonly given: string
}

/**
 * Reads one mailbox (RFC 5322, section 3.4, without comments and groups); the domain is brought into its ASCII form. A
 * part before the `@` that needs quotes has them, as in `"ada lovelace"@example.com`; an `@` or an angle bracket within
 * quotes is refused. Throws `NET_BAD_ADDRESS`, or `NET_INJECTION` for control characters; both name the field.
 */
export function parseAddress(address: Address, field = 'the address'): AddressParts {
  return readMailbox(address, field).parts
}

/** The same, with what the caller wrote. */
export function readMailbox(address: Address, field: string): CheckedAddress {
  if (typeof address === 'string') return fromText(address, field)
  if (typeof address !== 'object' || address === null) {
    throw bad(field, undefined, 'must be a string or { name, address }')
  }
  const text = own(address, 'address')
  const name = own(address, 'name') ?? ''
  if (typeof text !== 'string' || typeof name !== 'string') {
    throw bad(field, undefined, 'must be a string or { name, address }, both of them strings')
  }
  refuseControl(field, name)
  if (name.length > LONGEST_NAME) throw bad(field, name, 'is too long for a name')
  return mailbox(name, text, field)
}

/** The mailbox as one text, with its name in quotes where it needs them; `parseAddress` reads it again. Throws `NET_BAD_OPTION` and `NET_INJECTION`. */
export function formatAddress(parts: AddressParts): string {
  const { name = '', address } = argument('parts', anAddress, parts)
  refuseControl('the name', name)
  refuseControl('the address', address)
  if (name === '') return address
  if (!SPECIAL.test(name) && name.trim() === name) return `${name} <${address}>`
  return `"${name.replaceAll(/["\\]/g, String.raw`\$&`)}" <${address}>`
}

/**
 * Reads the addresses of a field: a text of one or several, separated by commas, one in parts, or a list, whose elements
 * are one mailbox each. Throws `NET_BAD_OPTION` for anything else, and as `parseAddress`.
 */
export function readMailboxes(
  addresses: Address | readonly Address[] | undefined,
  field: string,
): readonly CheckedAddress[] {
  if (addresses === undefined) return []
  if (typeof addresses === 'string') {
    refuseControl(field, addresses)
    return splitAddresses(addresses).map((address) => readMailbox(address, field))
  }
  if (typeof addresses !== 'object' || addresses === null) throw notAddresses(field)
  if (!isList(addresses)) return [readMailbox(addresses, field)]
  return addresses.map((address, at) => {
    if (!isAddress(address)) throw notAddresses(`${field}[${at}]`)
    return readMailbox(address, `${field}[${at}]`)
  })
}

/** Reads the one address of a field. Throws as `readMailboxes`. */
export function readOne(address: Address, field: string): CheckedAddress {
  if (!isAddress(address)) throw notAddresses(field)
  return readMailbox(address, field)
}

/** Whether an address has characters beyond ASCII, which need SMTPUTF8 (RFC 6531). */
export function isInternational(address: string): boolean {
  return NOT_ASCII.test(address)
}

/** An address as callers give it; its parts are checked where it is read. */
export const address: Shape<Address> = shape(
  "an address: a text such as 'Ada <ada@example.com>', or { name, address }",
  isAddress,
)

function isList(addresses: AddressParts | readonly Address[]): addresses is readonly Address[] {
  return Array.isArray(addresses)
}

function isAddress(value: unknown): boolean {
  return (
    typeof value === 'string' ||
    (typeof value === 'object' && value !== null && !Array.isArray(value))
  )
}

function notAddresses(field: string): Error {
  return netError('NET_BAD_OPTION', {
    message: `${field} must be ${address.may}`,
  })
}

function fromText(text: string, field: string): CheckedAddress {
  refuseControl(field, text)
  const [first = '', ...others] = text.length > LONGEST_TEXT ? [text] : splitAddresses(text)
  if (others.length > 0) throw bad(field, text, 'has several addresses where one belongs')
  if (first.length > LONGEST_TEXT) throw bad(field, text, 'is too long')
  if (!first.endsWith('>')) return mailbox('', first, field)
  const open = first.lastIndexOf('<')
  if (open < 0) throw bad(field, text, 'has a ">" without a "<"')
  const name = displayName(first.slice(0, open).trim(), field)
  return mailbox(name, first.slice(open + 1, -1).trim(), field)
}

function displayName(text: string, field: string): string {
  const quoted = QUOTED.exec(text)?.[1]
  if (quoted !== undefined) return quoted.replaceAll(/\\(.)/gs, '$1')
  if (SPECIAL.test(text)) {
    throw bad(field, text, 'has special characters; a name that has some belongs in quotes')
  }
  return text
}

function mailbox(name: string, text: string, field: string): CheckedAddress {
  refuseControl(field, text)
  if (text.length > LONGEST_MAILBOX) throw bad(field, text, 'is too long')
  const at = text.lastIndexOf('@')
  if (at < 0) throw bad(field, text, explain(text))
  const local = text.slice(0, at)
  const isLocal = COMMON_LOCAL.test(local) || LOCAL.test(local) || QUOTED_LOCAL.test(local)
  if (!isLocal) throw bad(field, text, explain(text))
  const address = `${local}@${domain(text.slice(at + 1), { text, field })}`
  return { parts: Object.freeze(name === '' ? { address } : { name, address }), given: text }
}

/** What is wrong with an address that has no part before the `@`, or a strange one. */
function explain(text: string): string {
  if (/[()]/.test(text)) return COMMENT
  if (/@.*\s.*@/.test(text)) return 'has several addresses without a comma between them'
  if (text.includes(':')) return 'is a group; give its addresses instead'
  const at = text.lastIndexOf('@')
  if (at < 0) {
    return 'must be local@domain; a name with a comma belongs in quotes, as in "Lovelace, Ada" <ada@example.com>'
  }
  if (at === 0) return 'has nothing before the @'
  if (/^\.|\.\.|\.@/.test(text)) return 'has a dot too many before the @, which belongs in quotes'
  return 'has characters before the @ that are not allowed there, or that belong in quotes'
}

interface Place {
  readonly text: string
  readonly field: string
}

function domain(text: string, { text: whole, field }: Place): string {
  // Most are in their ASCII form, and look like nothing else.
  if (COMMON_DOMAIN.test(text) && text.length <= LONGEST_DOMAIN) return text
  const [, version6, literal] = LITERAL.exec(text) ?? []
  if (literal !== undefined) {
    if (version6 === undefined ? isIPv4(literal) : isIPv6(literal)) return text
    throw bad(field, whole, 'has an address literal that is not valid')
  }
  // The platform would take more than a mail server does: a port, a percent sign, an odd spelling of an address.
  const ascii = PLAUSIBLE.test(text) ? domainToASCII(text) : ''
  if (!HOST_NAME.test(ascii) || ascii.length > LONGEST_DOMAIN || isIPv4(ascii)) {
    throw bad(field, whole, /[()]/.test(whole) ? COMMENT : 'has a domain that is not valid')
  }
  return ascii
}

function bad(field: string, text: string | undefined, why: string): Error {
  const shown = text === undefined ? '' : `: "${text.slice(0, LONGEST_SHOWN)}"`
  return netError('NET_BAD_ADDRESS', { message: `${field}${shown} ${why}` })
}

const COMMENT = 'has a comment; a name goes before the address, as in Ada <ada@example.com>'
const LONGEST_SHOWN = 80
const LONGEST_NAME = 1000
// RFC 5321, section 4.5.3.1, wants no limits where that is possible. An address cannot be folded, and has to fit into a
// line of 998 bytes with its brackets.
const LONGEST_MAILBOX = 900
const LONGEST_TEXT = LONGEST_NAME + LONGEST_MAILBOX
const LONGEST_DOMAIN = 253
const LOCAL =
  /^[\w!#$%&'*+/=?^`{|}~\p{L}\p{M}\p{N}\p{S}-]+(?:\.[\w!#$%&'*+/=?^`{|}~\p{L}\p{M}\p{N}\p{S}-]+)*$/u
const COMMON_LOCAL = /^[a-zA-Z\d_-]+(?:\.[a-zA-Z\d_-]+)*$/
// Without two hyphens in a row, as in `xn--`, and never a number at the end.
const COMMON_DOMAIN = /^(?:[a-z\d](?:-?[a-z\d]){0,30}\.){1,8}[a-z]{2,63}$/
// Programs disagree about an @ within quotes, and angle brackets end the address on the wire.
const QUOTED_LOCAL = /^"(?:[^"\\<>@\p{Cc}]|\\[^<>@\p{Cc}])+"$/u
const LITERAL = /^\[(IPv6:)?([\da-fA-F:.]{2,45})\]$/
const PLAUSIBLE = /^(?:[a-zA-Z\d.-]|[^\0-\x7F])+$/u
const HOST_NAME =
  /^(?:[a-zA-Z\d](?:[a-zA-Z\d-]{0,61}[a-zA-Z\d])?)(?:\.[a-zA-Z\d](?:[a-zA-Z\d-]{0,61}[a-zA-Z\d])?)*$/
const QUOTED = /^"((?:[^"\\]|\\.)*)"$/s
const SPECIAL = /[<>()[\]:;@\\,"]/
const NOT_ASCII = /[^\0-\x7F]/
const anAddress = shape<AddressParts>('{ name, address }', (value) => {
  if (!option.isObject(value)) return false
  const { name = '', address } = value as Partial<AddressParts>
  return typeof name === 'string' && typeof address === 'string'
})
