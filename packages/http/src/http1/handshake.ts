/*
 * The last exchange of HTTP on a connection: a request for another protocol (`Upgrade`) or for a tunnel (CONNECT), and its
 * answer. Drives the codec over a transport until it is known which of the two sides goes on.
 */

import { clock } from '@net/core/authoring'
import type { Transport } from '@net/socket'
import { handled } from '@net/socket/authoring'

import {
  ClientCodec,
  type ClientCodecOptions,
  type ClientEvents,
  type ResponseHead,
} from './client-codec.ts'
import { latin1Bytes, headText } from './message-writer.ts'

/** What is asked for. */
export interface HandshakeRequest extends ClientCodecOptions {
  readonly method: string
  readonly target: string
  /** Names and values in turn, all of them. */
  readonly fields: readonly string[]
  /** Hears of interim responses. */
  interim(status: number, fields: readonly string[]): void
}

/** What the server said. */
export interface HandshakeAnswer {
  readonly status: number
  readonly reason: string
  readonly fields: readonly string[]
  /** Whether what follows is not HTTP any more. */
  readonly switched: boolean
  /** What has come of that already, or the first 64 KiB of the body of a refusal. */
  readonly bytes: Uint8Array
}

/**
 * Sends the request and waits for its answer; of a refusal, for at most 5 seconds for its body, which may lack its end. Rejects
 * with what the codec and the transport throw before the head is there.
 */
export async function handshake(
  transport: Transport,
  request: HandshakeRequest,
): Promise<HandshakeAnswer> {
  const { method, target, fields } = request
  const answer = new Answered(request)
  const codec = new ClientCodec(answer, request)
  // Who asks for a tunnel asks for no other protocol.
  codec.request({ method, framing: 0, upgrades: method !== 'CONNECT' })
  await transport.write([latin1Bytes(headText(`${method} ${target} HTTP/1.1`, fields))])
  while (!answer.isHeaded) {
    const chunk = await transport.read()
    if (!taken(codec, chunk)) break
  }
  if (!answer.isKnown) await refused(transport, codec, answer)
  return answer.whole()
}

/** Returns whether more may follow. */
function taken(codec: ClientCodec, chunk: Uint8Array | null): boolean {
  if (chunk === null) codec.finish()
  else codec.receive(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))
  return chunk !== null
}

/** The body of a refusal may explain it, but the refusal counts without it too. */
async function refused(transport: Transport, codec: ClientCodec, answer: Answered): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<null>()
  const timer = clock().after(PATIENCE, () => resolve(null))
  try {
    while (!answer.isKnown) {
      const chunk = await Promise.race([handled(transport.read()), late])
      if (!taken(codec, chunk)) return
    }
  } catch {
    // It is lost, or has no end.
  } finally {
    timer.clear()
  }
}

class Answered implements ClientEvents {
  readonly #request: HandshakeRequest
  readonly #bytes: Buffer[] = []
  #head: ResponseHead | undefined
  #switched = false
  #ended = false
  #size = 0

  constructor(request: HandshakeRequest) {
    this.#request = request
  }

  /** Whether the final head is there. */
  get isHeaded(): boolean {
    return this.#head !== undefined
  }

  get isKnown(): boolean {
    return this.#switched || this.#ended || this.#size >= MOST
  }

  interim(status: number, fields: readonly string[]): void {
    this.#request.interim(status, fields)
  }

  head(head: ResponseHead): void {
    this.#head = head
  }

  data(chunk: Buffer): void {
    this.#size += chunk.length
    this.#bytes.push(chunk)
  }

  end(): void {
    this.#ended = true
  }

  switched(head: ResponseHead): void {
    this.#head = head
    this.#switched = true
  }

  rest(bytes: Buffer): void {
    this.#bytes.push(bytes)
  }

  whole(): HandshakeAnswer {
    const { status = 0, reason = '', fields = [] } = this.#head ?? {}
    const all = Buffer.concat(this.#bytes)
    const bytes = this.#switched ? all : all.subarray(0, MOST)
    return { status, reason, fields, switched: this.#switched, bytes }
  }
}

const MOST = 65_536
const PATIENCE = 5000
