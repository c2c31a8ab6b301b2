/*
 * Requests in flight and their answers, over whatever carries bytes. Every request settles: with its answer, or with what
 * ended the channel. It must not know what the requests mean.
 */

import type { NetError } from '@net/core'
import { clock, netError } from '@net/core/authoring'

import { PacketStream } from './packet-stream.ts'
import { PACKET } from './packets.ts'
import { readExtensions, readReply, type Reply } from './replies.ts'
import { packetOf, type Request } from './requests.ts'

/** What carries the bytes of a pipeline. */
export interface PacketRoad {
  /** Resolves when there is room for more; to false where nothing is taken any more. The bytes must rest until then. */
  write(packet: Uint8Array): Promise<boolean>
  /** The peer broke the rules: nothing it says counts any more. */
  broken(error: NetError): void
}

/** Takes the bytes of an answer with data. */
export interface DataTaker {
  /** Memory of so many bytes for what follows its id; undefined where the answer cannot be right. */
  memory(length: number): Buffer | undefined
  /** So many bytes have come. */
  part(length: number): void
}

/** A server's first answer. */
export interface ServerVersion {
  readonly version: number
  readonly extensions: ReadonlyMap<string, string>
}

/** The requests of one channel. */
export class Pipeline {
  readonly version: Promise<ServerVersion>
  readonly #road: PacketRoad
  readonly #stream: PacketStream
  readonly #version: PromiseWithResolvers<ServerVersion> = Promise.withResolvers()
  readonly #pending = new Map<number, Pending>()
  #lastId = 0
  #isVersionKnown = false
  #trip = Infinity
  #gathered: Buffer[] = []
  #failure: NetError | undefined
  readonly #ears = new Set<(error: NetError) => void>()

  constructor(road: PacketRoad, lastId: number = 0) {
    this.#road = road
    this.countFrom(lastId)
    this.version = this.#version.promise
    this.version.catch(() => {})
    this.#stream = new PacketStream({
      packet: (type, id, body) => this.#packet(type, id, body),
      part: (id, length) => this.#pending.get(id)?.taker?.part(length),
      memory: (id, length) => this.#pending.get(id)?.taker?.memory(length),
    })
  }

  /** What ended it. */
  get failure(): NetError | undefined {
    return this.#failure
  }

  /** Tells what ends it to a call that may wait for something else; the result forgets that. */
  onFailure(heard: (error: NetError) => void): () => void {
    this.#ears.add(heard)
    return () => void this.#ears.delete(heard)
  }

  /** The next ids follow this one. */
  countFrom(lastId: number): void {
    this.#lastId = lastId
  }

  /** Whether the server has said its version. */
  get isReady(): boolean {
    return this.#isVersionKnown
  }

  /** How long a question and its answer have taken at best, in milliseconds. */
  get trip(): number {
    return this.#trip === Infinity ? 0 : this.#trip
  }

  /** How many requests have no answer yet. */
  get waiting(): number {
    return this.#pending.size
  }

  /** Sends a request; resolves to its answer. The taker is for the bytes of an answer with data. */
  ask(request: Request, taker?: DataTaker): Promise<Reply> {
    const { id, reply } = this.expect(taker)
    this.#send(packetOf(id, request))
    return reply
  }

  /** A place for a request that the caller writes by itself. */
  expect(taker?: DataTaker): {
    readonly id: number
    readonly reply: Promise<Reply>
  } {
    if (this.#failure !== undefined) return { id: 0, reply: Promise.reject(this.#failure) }
    const id = this.#freeId()
    const reply = new Promise<Reply>((resolve, reject) => {
      this.#pending.set(id, { resolve, reject, taker, asked: clock().now() })
    })
    // Its caller may have been stopped meanwhile.
    reply.catch(() => {})
    return { id, reply }
  }

  /** What was asked so far leaves now. */
  flush(): void {
    const gathered = this.#gathered
    const [first] = gathered
    if (first === undefined) return
    this.#gathered = []
    void this.#road.write(gathered.length === 1 ? first : Buffer.concat(gathered))
  }

  /** Sends what has a place by `expect`, behind what was asked before; resolves when there is room for more. */
  async send(packet: Uint8Array): Promise<void> {
    this.flush()
    if (!(await this.#road.write(packet)) && this.#failure !== undefined) throw this.#failure
  }

  /** The next bytes of the server, which may change afterwards. */
  arrived(chunk: Buffer): void {
    if (this.#failure !== undefined) return
    try {
      this.#stream.feed(chunk)
    } catch (error) {
      this.break(error as NetError)
    }
  }

  /** The server broke the rules: nothing that waits can be answered any more. Gives the error back. */
  break(error: NetError): NetError {
    this.fail(error)
    this.#road.broken(error)
    return error
  }

  /** The channel is gone: whatever waits rejects with this. */
  fail(error: NetError): void {
    if (this.#failure !== undefined) return
    this.#failure = error
    this.#version.reject(error)
    for (const { reject } of this.#pending.values()) reject(error)
    this.#pending.clear()
    for (const heard of this.#ears) heard(error)
  }

  /** What is asked in one turn leaves as one: what a packet costs is for most of them more than what is in it. */
  #send(packet: Buffer): void {
    if (this.#gathered.length === 0) process.nextTick(() => this.flush())
    this.#gathered.push(packet)
  }

  #packet(type: number, id: number, body: readonly Buffer[]): void {
    if (type === PACKET.VERSION || !this.#isVersionKnown) {
      this.#hearVersion(type, id, body)
      return
    }
    const pending = this.#pending.get(id)
    if (pending === undefined) {
      throw netError('NET_PROTO_UNEXPECTED', {
        message: `the server answered the request ${id}, which waits for no answer`,
      })
    }
    const reply = readReply(type, body)
    this.#pending.delete(id)
    this.#trip = Math.min(this.#trip, clock().now() - pending.asked)
    pending.resolve(reply)
  }

  #hearVersion(type: number, version: number, body: readonly Buffer[]): void {
    if (type !== PACKET.VERSION || this.#isVersionKnown) {
      throw netError('NET_PROTO_UNEXPECTED', {
        message: this.#isVersionKnown
          ? 'the server said its version twice'
          : `the server began with a packet of the type ${type} in place of its version`,
      })
    }
    this.#isVersionKnown = true
    this.#version.resolve({ version, extensions: readExtensions(body) })
  }

  /** One that no request has: after 2^32 of them they begin again, and some may wait for ever. */
  #freeId(): number {
    do {
      this.#lastId = (this.#lastId + 1) % 0x1_0000_0000
    } while (this.#pending.has(this.#lastId))
    return this.#lastId
  }
}

interface Pending {
  readonly resolve: (reply: Reply) => void
  readonly reject: (error: NetError) => void
  readonly taker: DataTaker | undefined
  readonly asked: number
}
