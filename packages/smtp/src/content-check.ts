/*
 * Whether a server takes a message: said before MAIL, because a server that is given what it did not offer to take
 * may break it, or accept it and bounce it later. Sends nothing.
 */

import { netError } from '@net/core/authoring'

import { isInternational } from './address.ts'
import type { SmtpCapabilities } from './capabilities.ts'
import type { CheckedEnvelope } from './envelope.ts'
import { LONGEST_LINE, type ContentFacts } from './content-scan.ts'

/** Throws `NET_UNSUPPORTED`, `NET_BAD_HEADER` or `NET_BAD_OPTION` for content that this server does not take. */
export function checkContent(
  { extensions }: SmtpCapabilities,
  { longLine, longHeader, utf8Header, eightBit }: ContentFacts,
): void {
  if (longLine) throw tooLong(longHeader)
  if (utf8Header !== undefined && !extensions.has('SMTPUTF8')) {
    throw netError('NET_UNSUPPORTED', {
      message: `the header ${utf8Header} has characters beyond ASCII that cannot be encoded, and the server does not support them (it has no SMTPUTF8)`,
    })
  }
  if (eightBit && utf8Header === undefined && !extensions.has('8BITMIME')) {
    throw netError('NET_UNSUPPORTED', {
      message:
        'the message has bytes above 127, and the server does not support them (it has no 8BITMIME); encode its text as quoted-printable or base64',
    })
  }
}

/** Throws `NET_UNSUPPORTED` for addresses that this server does not take. */
export function checkAddresses(
  { extensions }: SmtpCapabilities,
  { from, to }: CheckedEnvelope,
): void {
  if (extensions.has('SMTPUTF8')) return
  const odd = [from, ...to].find(isInternational)
  if (odd === undefined) return
  throw netError('NET_UNSUPPORTED', {
    message: `the server supports ASCII addresses only (it has no SMTPUTF8), and ${odd} has other characters`,
  })
}

/** Throws `NET_NO_SPACE` for a message that is larger than the server takes (RFC 1870). */
export function checkSize({ maxSize }: SmtpCapabilities, size: number | undefined): void {
  if (maxSize === undefined || size === undefined || size <= maxSize) return
  throw netError('NET_NO_SPACE', {
    message: `the message has ${size} bytes and the server accepts ${maxSize}`,
    limit: maxSize,
  })
}

function tooLong(header: string | undefined): Error {
  const rule = `a line of mail may have ${LONGEST_LINE} (RFC 5322)`
  if (header === undefined) {
    return netError('NET_BAD_OPTION', {
      message: `the text of the message has a line of more bytes than that: ${rule}; break it, or encode the text as quoted-printable or base64`,
      limit: LONGEST_LINE,
    })
  }
  return netError('NET_BAD_HEADER', {
    message: `the header ${header} has a line that is too long and cannot be folded: ${rule}`,
    limit: LONGEST_LINE,
  })
}
