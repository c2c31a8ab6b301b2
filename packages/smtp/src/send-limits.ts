/*
 * The time limits of sending a message, which are not those of other calls: a server may think for ten minutes
 * about a message that it has whole (RFC 5321, section 4.5.3.2.6), and a large message may take its time as long as
 * it moves.
 */

import type { Timeout } from '@net/core'
import { limitsFor, own, wholeLimits, type Limits } from '@net/core/authoring'

/** The limits of one message, in milliseconds. */
export interface SendLimits {
  /** For the operation; its own `reply` and `write`, which would limit whole phases, are off. */
  readonly operation: Limits
  /** How long the server may take for each of its replies. */
  readonly reply: number
  /** How long the server may not take a byte of the message. */
  readonly write: number
  /** How long the server may take fewer than 1 KiB of the message. */
  readonly idle: number
  /** How long it may think after the final dot. */
  readonly verdict: number
}

/** The limits for the timeouts of a call and its client. Throws `NET_BAD_OPTION`. */
export function sendLimits(call: Timeout | undefined, client: Timeout | undefined): SendLimits {
  const limits = limitsFor('exchange', call, client)
  const total = given('total', call, client) === undefined ? limits.total + VERDICT : limits.total
  return {
    operation: { ...limits, total, reply: Infinity, write: Infinity },
    reply: limits.reply,
    write: limits.write,
    idle: limits.idle,
    verdict: given('reply', call, client) === undefined ? VERDICT : limits.reply,
  }
}

/** The same, for the calls of one client: those that have no limits of their own share theirs, which are made once. */
export function clientLimits(
  client: Timeout | undefined,
): (call: Timeout | undefined) => SendLimits {
  const made = sendLimits(undefined, client)
  const usual = { ...made, operation: wholeLimits(made.operation) }
  return (call) => (call === undefined ? usual : sendLimits(call, client))
}

function given(
  key: 'total' | 'reply',
  ...timeouts: readonly (Timeout | undefined)[]
): number | undefined {
  for (const timeout of timeouts) {
    const value =
      typeof timeout === 'object' ? own(timeout, key) : key === 'total' ? timeout : undefined
    if (value !== undefined) return value
  }
  return undefined
}

const VERDICT = 600_000
