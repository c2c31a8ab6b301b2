/*
 * The conversation with a proxy until the tunnel stands, in any protocol: the codecs say what to send and when it
 * is over, this file moves the bytes. It must not know what they mean.
 */

import { netError } from '@net/core/authoring'

import type { Transport } from '../transport.ts'

/** What is said to one proxy for one tunnel, without any I/O. */
export interface ProxyDialogue {
  /** What we say first. */
  readonly opening: Uint8Array
  /** Takes what the proxy has said, in pieces of any size. Throws NetErrors. */
  receive(chunk: Uint8Array): ProxyStep
}

/** What follows: something to send, or `rest` once the tunnel stands; neither while more has to arrive. */
export interface ProxyStep {
  readonly send?: Uint8Array
  /** What came behind the proxy's last word, which is the endpoint's already. */
  readonly rest?: Uint8Array
}

/** Holds the conversation; resolves to what belongs to the tunnel already. Rejects with what the codec throws. */
export async function converse(transport: Transport, dialogue: ProxyDialogue): Promise<Uint8Array> {
  let { opening: outgoing }: { opening: Uint8Array | undefined } = dialogue
  for (;;) {
    if (outgoing !== undefined) await transport.write([outgoing])
    const chunk = await transport.read()
    if (chunk === null) {
      throw netError('NET_PROXY_UNREACHABLE', { message: 'the proxy hung up without an answer' })
    }
    const step = dialogue.receive(chunk)
    if (step.rest !== undefined) return step.rest
    outgoing = step.send
  }
}
