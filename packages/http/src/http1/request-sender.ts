/*
 * The sending half of a client's connection of HTTP/1.1: the head, and the body as its source gives it, until the exchange
 * is over. It must not know what the server answers, but for whether it wants the body.
 */

import { clock } from '@net/core/authoring'
import type { Transport } from '@net/socket'
import { writeNow, writeTextNow } from '@net/socket/road'

import type { BodyPieces, WireRequest } from '../connection.ts'
import { announcedLength } from '../content-length.ts'
import { BodySender } from './body-sender.ts'
import type { ClientCodec } from './client-codec.ts'
import type { Framing } from './framing.ts'
import { latin1Bytes, joinedBytes } from './message-writer.ts'
import type { RequestHeads } from './request-head.ts'

/** What a sender works with. */
export interface SenderParts {
  readonly transport: Transport
  readonly codec: ClientCodec
  readonly heads: RequestHeads
  /** A write has failed, which is not the end yet: what the server said before may still arrive. */
  readonly unwritten: (error: unknown) => void
  /** The request cannot be completed: its source has failed, or has another length than was told. */
  readonly gaveUp: (error: unknown) => void
}

/** Sends one request after the other. */
export class RequestSender {
  readonly #parts: SenderParts
  /** Undefined once its exchange is over. */
  #request: WireRequest | undefined
  /** The server wants the body, seems to, or does not. */
  #wanted: ((isWanted: boolean) => void) | undefined

  constructor(parts: SenderParts) {
    this.#parts = parts
  }

  /** Sends a request. */
  send(request: WireRequest): void {
    this.#request = request
    const { body, expects, trailers } = request
    if (body instanceof Uint8Array && (expects === true || trailers !== undefined))
      void this.#sendPieces(request, whole(body), trailers ? 'chunked' : body.length)
    else if (body === undefined || body instanceof Uint8Array) this.#sendWhole(request, body)
    else this.#sendSource(request, body)
  }

  /** The server says that it wants the body (100), or has answered instead. */
  answered(isWanted: boolean): void {
    this.#wanted?.(isWanted)
  }

  /** The exchange is over: nothing more is read from the source, and nothing sent. */
  stop(): void {
    this.#request = undefined
    this.#wanted?.(false)
  }

  #sendSource(request: WireRequest, body: BodyPieces): void {
    const announced = announcedLength(request.headers)
    if (announced === 0) void this.#sendNothing(request, body)
    else void this.#sendPieces(request, body, announced ?? 'chunked')
  }

  #sendWhole({ method, target, headers }: WireRequest, body: Uint8Array | undefined): void {
    const { transport, codec, heads } = this.#parts
    const length = body?.length ?? 0
    codec.request({ method, framing: length })
    const head = heads.text(method, target, headers)
    if (body === undefined || length === 0)
      void writeTextNow(transport, head)?.then(isDone, this.#failed)
    else {
      codec.piece(body)
      codec.finalPiece()
      void this.#write([joinedBytes(head, body)])
    }
  }

  /** Of an empty body the head alone is complete: the source has to end first. */
  async #sendNothing(request: WireRequest, body: BodyPieces): Promise<void> {
    const isOver = (): boolean => this.#request !== request
    try {
      await new BodySender({ isOver, write: () => undefined }, 0).send(body)
      if (!isOver()) this.#sendWhole(request, undefined)
    } catch (error) {
      if (!isOver()) this.#parts.gaveUp(error)
    }
  }

  async #sendPieces(request: WireRequest, body: BodyPieces, framing: Framing): Promise<void> {
    const { codec, gaveUp } = this.#parts
    const isOver = (): boolean => this.#request !== request
    const write = (pieces: readonly Uint8Array[]): Promise<boolean> | undefined =>
      this.#write(codec.piece(...pieces))
    try {
      this.#sendHead(request, framing)
      if (request.expects === true && !(await this.#isWanted())) return
      // Bytes have the length that was told for them.
      const length = typeof framing === 'number' && request.body === body ? framing : undefined
      if (!(await new BodySender({ isOver, write }, length).send(body)) || isOver()) return
      if (!codec.hasSent) await this.#write(codec.finalPiece(request.trailers?.()))
    } catch (error) {
      if (!isOver()) gaveUp(error)
    }
  }

  #sendHead({ method, target, headers, expects }: WireRequest, framing: Framing): void {
    const { codec, heads } = this.#parts
    codec.request({ method, framing })
    const coding = framing === 'chunked' ? 'transfer-encoding: chunked\r\n' : ''
    const more = expects === true ? `${coding}expect: 100-continue\r\n` : coding
    void this.#write([latin1Bytes(heads.text(method, target, headers, more))])
  }

  /** Resolves when the server has said so, or nothing for a second; to false if it has answered instead. */
  #isWanted(): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const late = clock().after(UNSAID, () => this.#wanted?.(true))
    this.#wanted = (isWanted) => {
      late.clear()
      this.#wanted = undefined
      resolve(isWanted)
    }
    return promise
  }

  /** Undefined if there is room for more already. */
  #write(bytes: readonly Uint8Array[]): Promise<boolean> | undefined {
    return writeNow(this.#parts.transport, bytes)?.then(isDone, this.#failed)
  }

  readonly #failed = (error: unknown): boolean => {
    this.#parts.unwritten(error)
    return false
  }
}

async function* whole(body: Uint8Array): AsyncGenerator<Uint8Array> {
  yield body
}

function isDone(): boolean {
  return true
}

const UNSAID = 1000
