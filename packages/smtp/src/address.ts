/*
 * Mail addresses, read strictly: one mailbox, no comments, no groups, no quoted local parts. What could be read in
 * two ways is refused, because a header and an envelope must never disagree about where a message goes. Knows no
 * message.
 */

import { domainToASCII } from 'node:url'
import { isIPv4, isIPv6 } from 'node:net'

import { netError, own, refuseControl } from '@net/core/authoring'

/** A mailbox: `ada@example.com`, `Ada Lovelace <ada@example.com>`, or its parts. */
export type Address = string | AddressParts

/** A mailbox in parts. */
export interface AddressParts {
  /** Whom it belongs to, as plain text; it is quoted and encoded as it needs. */
  readonly name?: string
  /** `local@domain`. */
  readonly address: string
}

/**
 * Reads one mailbox (RFC 5322, section 3.4, without comments, groups and quoted local parts); the domain is brought
 * into its ASCII form. Throws `NET_BAD_ADDRESS`, or `NET_INJECTION` for control characters; both name the field and
 * never quote the value.
 */
export function parseAddress(address: Address, field = 'the address'): AddressParts {
  if (typeof address === 'string') return fromText(address, field)
  if (typeof address !== 'object' || address === null)
    throw bad(field, 'must be a string or { name, address }')
  const text = own(address, 'address')
  const name = own(address, 'name') ?? ''
  if (typeof text !== 'string' || typeof name !== 'string') {
    throw bad(field, 'must have an address, and a name only as text')
  }
  refuseControl(field, name)
  if (name.length > LONGEST_TEXT) throw bad(field, 'has a name that is too long')
  return parts(name, mailbox(text, field))
}

/** The mailbox as one text, with its name in quotes where it needs them; `parseAddress` reads it again. */
export function formatAddress({ name = '', address }: AddressParts): string {
  if (name === '') return address
  if (!SPECIAL.test(name) && name.trim() === name) return `${name} <${address}>`
  return `"${name.replaceAll(/["\\]/g, String.raw`\$&`)}" <${address}>`
}

/** Reads one mailbox or a list of them. Throws as `parseAddress`. */
export function parseAddresses(
  addresses: Address | readonly Address[] | undefined,
  field: string,
): readonly AddressParts[] {
  if (addresses === undefined) return []
  const list: readonly Address[] = isList(addresses) ? addresses : [addresses]
  return list.map((address) => parseAddress(address, field))
}

/** Whether the part before the `@` needs SMTPUTF8 (RFC 6531). */
export function isInternational(address: string): boolean {
  return NOT_ASCII.test(address)
}

function isList(addresses: Address | readonly Address[]): addresses is readonly Address[] {
  return Array.isArray(addresses)
}

function fromText(text: string, field: string): AddressParts {
  refuseControl(field, text)
  if (text.length > LONGEST_TEXT) throw bad(field, 'is too long')
  const trimmed = text.trim()
  if (!trimmed.endsWith('>')) return parts('', mailbox(trimmed, field))
  const open = trimmed.lastIndexOf('<')
  if (open < 0) throw bad(field, 'has a ">" without a "<"')
  const name = displayName(trimmed.slice(0, open).trim(), field)
  return parts(name, mailbox(trimmed.slice(open + 1, -1), field))
}

function parts(name: string, address: string): AddressParts {
  return Object.freeze(name === '' ? { address } : { name, address })
}

function displayName(text: string, field: string): string {
  const quoted = QUOTED.exec(text)?.[1]
  if (quoted !== undefined) return quoted.replaceAll(/\\(.)/gs, '$1')
  if (SPECIAL.test(text)) throw bad(field, 'has a name with special characters outside quotes')
  return text
}

function mailbox(text: string, field: string): string {
  refuseControl(field, text)
  const at = text.lastIndexOf('@')
  const local = text.slice(0, Math.max(at, 0))
  if (at <= 0 || text.length > LONGEST_MAILBOX) throw bad(field, 'must be local@domain')
  if (!LOCAL.test(local) || Buffer.byteLength(local) > LONGEST_LOCAL) {
    throw bad(field, 'has a part before the @ that is not allowed')
  }
  return `${local}@${domain(text.slice(at + 1), field)}`
}

function domain(text: string, field: string): string {
  const [, version6, literal] = LITERAL.exec(text) ?? []
  if (literal !== undefined) {
    if (version6 === undefined ? isIPv4(literal) : isIPv6(literal)) return text
    throw bad(field, 'has an address literal that is not valid')
  }
  // The platform would take more than a mail server does: a port, a percent sign, an odd spelling of an address.
  const ascii = PLAUSIBLE.test(text) ? domainToASCII(text) : ''
  if (!HOST_NAME.test(ascii) || ascii.length > LONGEST_DOMAIN || isIPv4(ascii)) {
    throw bad(field, 'has a domain that is not valid')
  }
  return ascii
}

function bad(field: string, why: string): Error {
  return netError('NET_BAD_ADDRESS', { message: `${field} ${why}` })
}

const LONGEST_TEXT = 1000
const LONGEST_MAILBOX = 512
const LONGEST_LOCAL = 64
const LONGEST_DOMAIN = 253
const LOCAL =
  /^[\w!#$%&'*+/=?^`{|}~\p{L}\p{M}\p{N}\p{S}-]+(?:\.[\w!#$%&'*+/=?^`{|}~\p{L}\p{M}\p{N}\p{S}-]+)*$/u
const LITERAL = /^\[(IPv6:)?([\da-fA-F:.]{2,45})\]$/
const PLAUSIBLE = /^[\p{L}\p{M}\p{N}.-]+$/u
const HOST_NAME =
  /^(?:[a-zA-Z\d](?:[a-zA-Z\d-]{0,61}[a-zA-Z\d])?)(?:\.[a-zA-Z\d](?:[a-zA-Z\d-]{0,61}[a-zA-Z\d])?)*$/
const QUOTED = /^"((?:[^"\\]|\\.)*)"$/s
const SPECIAL = /[<>()[\]:;@\\,"]/
const NOT_ASCII = /[^\0-\x7F]/
