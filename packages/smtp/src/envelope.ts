/*
 * Who a message is from and for, as the servers on its way see it (RFC 5321): apart from what its headers say.
 */

import { netError, own } from '@net/core/authoring'

import { parseAddress, parseAddresses, type Address } from './address.ts'

/** Sender and recipients as they are told to the server. */
export interface Envelope {
  /** Where reports of failure go; empty for none, as in such reports themselves. */
  readonly from: Address
  readonly to: Address | readonly Address[]
}

/** An envelope that was checked: bare addresses, each recipient once. */
export interface CheckedEnvelope {
  readonly from: string
  readonly to: readonly string[]
}

/** Checks an envelope. Throws `NET_BAD_ADDRESS`, `NET_INJECTION` or `NET_BAD_OPTION`. */
export function checkEnvelope(envelope: Envelope): CheckedEnvelope {
  if (typeof envelope !== 'object' || envelope === null) {
    throw netError('NET_BAD_OPTION', { message: 'the envelope must be { from, to }' })
  }
  const from = own(envelope, 'from')
  if (from === undefined) {
    throw netError('NET_BAD_OPTION', { message: 'the envelope needs a sender, which may be empty' })
  }
  const sender = from === '' ? '' : parseAddress(from, 'the sender').address
  const recipients = parseAddresses(own(envelope, 'to'), 'a recipient')
  return envelopeOf(
    sender,
    recipients.map(({ address }) => address),
  )
}

/** The envelope for these addresses. Throws `NET_BAD_ADDRESS` if nobody is to get it. */
export function envelopeOf(from: string, to: readonly string[]): CheckedEnvelope {
  if (to.length === 0)
    throw netError('NET_BAD_ADDRESS', { message: 'the message has no recipient' })
  return { from, to: [...new Set(to)] }
}
