/*
 * The conversation with a proxy until the tunnel stands, in any protocol: the codecs say what to send and when it
 * is over, this file moves the bytes. It must not know what they mean.
 */

import { ConnectionLostError } from '@net/core'
import { clock, netError } from '@net/core/authoring'

import type { Transport } from '../transport.ts'

/** What is said to one proxy for one tunnel, without any I/O. */
export interface ProxyDialogue {
  /** What we say first. */
  readonly opening: Uint8Array
  /** Takes what the proxy has said, in pieces of any size. Throws NetErrors. */
  receive(chunk: Uint8Array): ProxyStep
  /**
   * What is to be said over another connection instead, while the proxy has asked for something and not answered to it;
   * undefined at all other times.
   */
  elsewhere?(): ProxyDialogue | undefined
}

/** What follows: something to send, or `rest` once the tunnel stands; none of these while more has to arrive. */
export interface ProxyStep {
  readonly send?: Uint8Array
  /** What came behind the proxy's last word, which is the endpoint's already. */
  readonly rest?: Uint8Array
  /** What is to arrive is of no use, and has 5 seconds. */
  readonly drains?: true
  /** The conversation goes on over another connection, as `elsewhere` says. */
  readonly moves?: true
}

/** How a conversation ended. */
export type Talked =
  /** The tunnel stands; this belongs to it already. */
  | { readonly rest: Uint8Array }
  /** It goes on over another connection. */
  | { readonly next: ProxyDialogue }

/** Holds the conversation over one connection. Rejects with what the codec throws. */
export async function converse(transport: Transport, dialogue: ProxyDialogue): Promise<Talked> {
  try {
    const rest = await exchange(transport, dialogue)
    if (rest !== undefined) return { rest }
  } catch (error) {
    const next = error instanceof ConnectionLostError ? dialogue.elsewhere?.() : undefined
    if (next === undefined) throw error
    return { next }
  }
  const next = dialogue.elsewhere?.()
  if (next !== undefined) return { next }
  throw netError('NET_PROXY_UNREACHABLE', { message: 'the proxy hung up without an answer' })
}

/** Resolves to what belongs to the tunnel already; to undefined if this connection is of no more use. */
async function exchange(
  transport: Transport,
  dialogue: ProxyDialogue,
): Promise<Uint8Array | undefined> {
  let { opening: outgoing }: { opening: Uint8Array | undefined } = dialogue
  let patience: Patience | undefined
  try {
    for (;;) {
      if (outgoing !== undefined) await transport.write([outgoing])
      const read = transport.read()
      const chunk = await (patience === undefined ? read : Promise.race([read, patience.end]))
      if (chunk === null) return undefined
      const step = dialogue.receive(chunk)
      if (step.rest !== undefined) return step.rest
      if (step.moves === true) return undefined
      outgoing = step.send
      if (step.drains === true) patience ??= patienceFor(USELESS)
      else {
        patience?.clear()
        patience = undefined
      }
    }
  } finally {
    patience?.clear()
  }
}

interface Patience {
  /** Resolves once the time is over. */
  readonly end: Promise<null>
  clear(): void
}

function patienceFor(time: number): Patience {
  const { promise, resolve } = Promise.withResolvers<null>()
  const timer = clock().after(time, () => resolve(null))
  return { end: promise, clear: () => timer.clear() }
}

const USELESS = 5000
