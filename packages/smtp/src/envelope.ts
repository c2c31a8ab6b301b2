/*
 * Who a message is from and for, as the servers on its way see it (RFC 5321): apart from what its headers say.
 */

import { netError, own } from '@net/core/authoring'

import { readMailboxes, readOne, type Address, type CheckedAddress } from './address.ts'

/** Sender and recipients as they go over the wire (MAIL and RCPT). */
export interface Envelope {
  /** Where reports of failure go; empty for none, as in such reports themselves. */
  readonly from: Address
  /** A text may have several, separated by commas; in a list each element is one. */
  readonly to: Address | readonly Address[]
}

/** A recipient, under both of its names. */
export interface Recipient {
  /** The address as the caller wrote it, without a name beside it. */
  readonly address: string
  /** The address as it goes over the wire: with its domain in ASCII and lower case. */
  readonly wire: string
}

/** An envelope that was checked. */
export interface CheckedEnvelope {
  readonly from: string
  /** The addresses as they go over the wire, each once. */
  readonly to: readonly string[]
  /** All of them as they were given, each spelling once. */
  readonly recipients: readonly Recipient[]
}

/** Checks an envelope. Throws `NET_BAD_ADDRESS`, `NET_INJECTION` or `NET_BAD_OPTION`. */
export function checkEnvelope(envelope: Envelope): CheckedEnvelope {
  if (typeof envelope !== 'object' || envelope === null) {
    throw netError('NET_BAD_OPTION', { message: 'envelope must be { from, to }' })
  }
  const from = own(envelope, 'from')
  if (from === undefined) {
    throw netError('NET_BAD_OPTION', {
      message:
        "envelope.from is missing; it may be '' for a message that no report of failure answers",
    })
  }
  const sender = from === '' ? '' : readOne(from, 'envelope.from').parts.address
  return envelopeOf(sender, readMailboxes(own(envelope, 'to'), 'envelope.to'))
}

/** The envelope for these addresses. Throws `NET_BAD_ADDRESS` if there is no recipient. */
export function envelopeOf(from: string, to: readonly CheckedAddress[]): CheckedEnvelope {
  if (to.length === 0)
    throw netError('NET_BAD_ADDRESS', { message: 'the message has no recipient' })
  const [only] = to
  if (to.length === 1 && only !== undefined) {
    const { given, parts } = only
    return { from, to: [parts.address], recipients: [{ address: given, wire: parts.address }] }
  }
  const recipients = new Map(
    to.map(({ given, parts }) => [given, { address: given, wire: parts.address }]),
  )
  return {
    from,
    to: [...new Set(to.map(({ parts }) => parts.address))],
    recipients: [...recipients.values()],
  }
}
