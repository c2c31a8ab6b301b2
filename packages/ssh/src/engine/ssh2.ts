/*
 * One SSH connection on ssh2, in our own words: steps of the handshake as promises, logins one by one, commands and
 * tunnels. Every wait ends when the connection does, and every late error of ssh2's ends here.
 */

import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'

import { isNetError, type NetError } from '@net/core'
import { clock, netError, type Timer } from '@net/core/authoring'
import { toSocket, type Transport } from '@net/socket'
import { handled, lendReads } from '@net/socket/authoring'

import { refuseTerrapin, type Negotiated } from '../algorithms.ts'
import type { Variable } from '../command-line.ts'
import { readHostKey, type HostKey } from '../host-keys/host-key.ts'
import { IdentificationReader, type Identification } from '../identification.ts'
import { KeepAliveWatch } from '../keep-alive.ts'
import { isSignedBy } from '../identity/signatures.ts'
import { allFields, fields } from '../identity/wire.ts'
import { RekeyWatch } from '../rekey-watch.ts'
import { loadEngine } from './load-engine.ts'
import { PendingWaits, type Stoppable } from './pending-waits.ts'
import { Ssh2Commands } from './ssh2-commands.ts'
import { takeGcm, widenWindows } from './ssh2-data.ts'
import { goodbye } from './ssh2-disconnect.ts'
import { RemoteForwards, type ForwardPlace } from './ssh2-forwards.ts'
import {
  exchangeKeys,
  hostKeysOffered,
  keysAsObjects,
  negotiatedBy,
  offerAlgorithms,
} from './ssh2-exchange.ts'
import {
  allowAgent,
  blameServer,
  closeChannel,
  globalRequest,
  guardProtocol,
  hearHostKeys,
  hearLogin,
  holdUntilIdentified,
  offerAgent,
  onPacket,
  onWrite,
  openSessionChannel,
  ping,
  PROVE,
  sendMessage,
  sessionIdOf,
  silence,
} from './ssh2-internals.ts'
import { earlyEnd, lossForWaits } from './ssh2-loss.ts'
import { peerOf, type Peer } from './ssh2-peers.ts'
import { refusal } from './ssh2-refusal.ts'
import type { SessionOptions } from './session-options.ts'
import { SessionState } from './session-state.ts'
import { ChannelStream } from './ssh2-stream.ts'
import type { ClientEngine, EngineChannel, EngineClient } from './ssh2-types.ts'
import { batchWrites } from './write-batch.ts'

/** What the key exchange came to. */
export interface KeyExchange {
  readonly hostKey: HostKey
  readonly negotiated: Negotiated
}

/** What the server answered to a login. */
export interface LoginAnswer {
  readonly accepted: boolean
  /** The step was right, but the server wants another one. */
  readonly partial: boolean
  /** What the server takes now. */
  readonly methods: readonly string[]
}

/** Begins to speak SSH over the transport, which belongs to the session from then on. */
export async function startSession(
  transport: Transport,
  options: SessionOptions,
): Promise<SshSession> {
  try {
    return new SshSession(await loadEngine(), toSocket(transport), options)
  } catch (error) {
    transport.abort(error)
    throw error
  }
}

/** One connection. */
export class SshSession {
  readonly identified: Promise<Identification>
  readonly exchanged: Promise<KeyExchange>
  /** Settles when the connection has ended: with what took it, or undefined after `end`. */
  readonly closed: Promise<NetError | undefined>
  readonly commands: Ssh2Commands
  readonly forwards: RemoteForwards
  readonly #client: EngineClient
  readonly #socket: Socket
  readonly #options: SessionOptions
  readonly #state = new SessionState()
  readonly #reader = new IdentificationReader()
  readonly #identified: PromiseWithResolvers<Identification> = Promise.withResolvers()
  readonly #exchanged: PromiseWithResolvers<KeyExchange> = Promise.withResolvers()
  readonly #closed: PromiseWithResolvers<NetError | undefined> = Promise.withResolvers()
  readonly #waits: PendingWaits = new PendingWaits(() => this.#lost())
  readonly #channels = new Set<{ lost(error: Error): void }>()
  readonly #loginReady: PromiseWithResolvers<void> = Promise.withResolvers()
  #replied: ((payload: Uint8Array) => void) | undefined
  #signatures: readonly string[] | undefined
  #peer: Peer = peerOf('')
  #hostKey: HostKey | undefined
  #keepAlive: KeepAliveWatch | undefined
  #rekey: RekeyWatch | undefined
  #farewell: Timer | undefined
  /** How long the server took to open a channel at best, in milliseconds. */
  #trip = Infinity
  #failure: Error | undefined

  constructor(engine: ClientEngine, socket: Socket, options: SessionOptions) {
    this.#client = new engine.Client()
    this.#socket = socket
    this.#options = options
    this.commands = new Ssh2Commands(this.#client, this.#waits, {
      open: (op) => this.#openSession(op),
      hold: (channel, holder) => this.#hold(channel, holder),
    })
    this.identified = handled(this.#identified.promise)
    this.exchanged = handled(this.#exchanged.promise)
    this.closed = this.#closed.promise
    this.#listen()
    socket.setNoDelay(true)
    batchWrites(socket)
    this.#client.connect({
      sock: socket,
      username: options.user,
      // Our own limits run on our own clock.
      readyTimeout: 0,
      hostVerifier: (blob, verify) => void this.#verify(blob, verify),
    })
    offerAlgorithms(
      this.#client,
      options.algorithms,
      options.compress === true ? COMPRESSED : PLAIN,
    )
    // After `connect`, which makes the protocol and pauses the socket; before ssh2 itself hears a byte.
    guardProtocol(this.#client, {
      broken: (error) => this.#fail(error),
      disconnected: (reason, description) => this.#fail(goodbye(reason, description)),
    })
    widenWindows(this.#client, () => this.#trip > FAR)
    blameServer(this.#client)
    holdUntilIdentified(this.#client, (chunk) => this.#identify(chunk))
    onPacket(this.#client, (length) => {
      this.#keepAlive?.heard()
      this.#rekey?.moved(length)
    })
    onWrite(this.#client, (length) => this.#rekey?.moved(length))
    if (options.reachAgent !== undefined) allowAgent(this.#client, options.reachAgent)
    this.forwards = new RemoteForwards(this.#client, this.#waits, (channel, holder) =>
      this.#hold(channel, holder),
    )
    hearHostKeys(this.#client, (blobs) => this.#options.onHostKeys?.(blobs))
    hearLogin(this.#client, {
      ready: () => this.#loginReady.resolve(),
      signatures: (names) => (this.#signatures ??= names),
      reply: (payload) => this.#hearReply(payload),
      broken: (error) => this.#fail(error),
    })
  }

  /** Whether the connection can be used. */
  get alive(): boolean {
    return this.#state.alive
  }

  /** How many bytes a text may have that goes into one packet. */
  get longest(): number {
    return this.#peer.longest
  }

  /** What is offered to the server with everything that runs. */
  get variables(): readonly Variable[] {
    const { variables = [] } = this.#options
    return variables.filter(({ name, value }) => name.length + value.length * 4 <= this.longest)
  }

  /** Whether the end of an empty input may be sent along with the command, which saves a packet of its own. */
  get takesEarlyEof(): boolean {
    return this.#peer.takesEarlyEof
  }

  /** Whether a line for a POSIX shell may be sent. */
  get posix(): boolean {
    return this.#peer.posix
  }

  /** What a login signs, so that no other connection can use the signature. */
  get sessionId(): Uint8Array {
    return sessionIdOf(this.#client)
  }

  /** The signature algorithms that the server says it takes; undefined if it does not say. */
  get signatures(): readonly string[] | undefined {
    return this.#signatures
  }

  /** Sends a message of the login and waits for the reply; one at a time. */
  authenticate(message: Uint8Array): Promise<Uint8Array> {
    return this.#waits.wait<Uint8Array>((resolve) => {
      this.#replied = resolve
      void this.#loginReady.promise.then(() => {
        if (!this.#state.over) sendMessage(this.#client, message)
      })
    })
  }

  /**
   * Those of the keys that the server proves to be its own (`hostkeys-prove-00@openssh.com`). Rejects with what ends the
   * connection.
   */
  async proveHostKeys(blobs: readonly Uint8Array[]): Promise<readonly HostKey[]> {
    const answer = await this.#waits.wait<Uint8Array | undefined>((resolve) =>
      globalRequest(this.#client, PROVE, fields(...blobs), resolve),
    )
    const proofs = answer === undefined ? [] : allFields(answer)
    return blobs
      .filter((blob, at) => {
        const proof = proofs[at]
        const said = fields(PROVE, this.sessionId, blob)
        return proof !== undefined && isSignedBy(blob, proof, said)
      })
      .map(readHostKey)
  }

  /** Opens a tunnel from the server to an address, or to a Unix socket, that the server reaches. */
  async openTunnel(place: ForwardPlace, op: Stoppable): Promise<Duplex> {
    const channel = await this.#open(op, (done) => {
      if ('path' in place) this.#client.openssh_forwardOutStreamLocal(place.path, done)
      else this.#client.forwardOut('127.0.0.1', 0, place.host, place.port, done)
    })
    const stream = new ChannelStream(channel)
    this.#hold(channel, stream)
    return stream
  }

  /** Says goodbye and closes; `closed` settles when that is done. */
  end(): void {
    if (this.#state.take('goodbye')) this.#client.end()
  }

  /** Lets the connection go at once. */
  abort(reason: Error): void {
    this.#failure ??= reason
    this.#fail(reason)
    this.#socket.destroy()
  }

  #listen(): void {
    const client = this.#client
    client.on('error', (error: Error) => this.#fail(error))
    client.on('end', () => this.#fail(undefined))
    client.on('close', () => this.#gone())
    client.on('banner', (text: string) => this.#options.onBanner(text))
    client.on('handshake', () => {
      keysAsObjects(client)
      if (takeGcm(client)) lendReads(this.#socket, (chunk) => this.#socket.emit('data', chunk))
      this.#rekey?.done()
      this.#handshaken()
    })
    client.on('ready', () => this.#watch())
  }

  #identify(chunk: Uint8Array): boolean {
    if (this.#state.over) return false
    try {
      const found = this.#reader.feed(chunk)
      if (found === undefined) return false
      this.#state.take('identified')
      this.#peer = peerOf(found.software)
      this.commands.atMost(this.#peer.sessions)
      this.#identified.resolve(found)
      return true
    } catch (error) {
      this.#fail(error as Error)
      return false
    }
  }

  async #verify(blob: Buffer, verify: (permitted: boolean) => void): Promise<void> {
    try {
      const key = readHostKey(new Uint8Array(blob))
      if (this.#hostKey === undefined) {
        await this.#options.checkHostKey(key, hostKeysOffered(this.#client))
        this.#hostKey = key
      } else if (this.#hostKey.fingerprint !== key.fingerprint) {
        throw netError('NET_HOSTKEY_CHANGED', {
          message: `the server changed its host key within the connection, from ${this.#hostKey.fingerprint} to ${key.fingerprint}`,
        })
      }
      if (!this.#state.over) verify(true)
    } catch (error) {
      this.#failure ??= error as Error
      if (!this.#state.over) verify(false)
      this.#fail(error as Error)
    }
  }

  #hearReply(payload: Buffer): boolean {
    const replied = this.#replied
    this.#replied = undefined
    replied?.(new Uint8Array(payload))
    return replied !== undefined
  }

  #handshaken(): void {
    const agreed = negotiatedBy(this.#client)
    if (agreed === undefined || this.#hostKey === undefined) return
    try {
      refuseTerrapin(agreed.negotiated, agreed.strict)
      this.#state.take('exchanged')
      this.#exchanged.resolve({ hostKey: this.#hostKey, negotiated: agreed.negotiated })
    } catch (error) {
      this.#fail(error as Error)
    }
  }

  #watch(): void {
    this.#rekey ??= new RekeyWatch(this.#options.rekey ?? {}, () => exchangeKeys(this.#client))
    if (this.#options.keepAlive === false || this.#keepAlive !== undefined) return
    this.#keepAlive = new KeepAliveWatch(this.#options.keepAlive, {
      ask: () => ping(this.#client),
      lost: (silence) => {
        const message = `the server has not answered for ${silence} ms`
        this.abort(netError('NET_TIMEOUT_KEEPALIVE', { message, limit: silence }))
      },
    })
  }

  #open(
    op: Stoppable,
    open: (done: (error: Error | undefined, channel?: EngineChannel) => void) => void,
  ): Promise<EngineChannel> {
    return this.#waits.wait<EngineChannel>((resolve, reject) => {
      const asked = clock().now()
      open((error, channel) => {
        this.#trip = Math.min(this.#trip, clock().now() - asked)
        if (channel === undefined) reject(refusal(error))
        else if (!resolve(channel)) closeChannel(channel.resume())
      })
    }, op)
  }

  async #openSession(op: Stoppable): Promise<EngineChannel> {
    const channel = await this.#open(op, (done) => openSessionChannel(this.#client, done))
    if (this.#options.reachAgent !== undefined) offerAgent(this.#client, channel)
    return channel
  }

  #hold(channel: EngineChannel, holder: { lost(error: Error): void }): void {
    this.#channels.add(holder)
    channel.on('close', () => this.#channels.delete(holder))
  }

  #fail(error: Error | undefined): void {
    const stood = this.#state.now
    if (!this.#state.take('gone')) return
    this.#failure ??=
      stood === 'greeting' && !isNetError(error) ? earlyEnd(error, this.#reader) : error
    this.#keepAlive?.stop()
    this.#rekey?.stop()
    silence(this.#client)
    if (stood === 'greeting') this.#identified.reject(this.#lost())
    if (stood === 'greeting' || stood === 'exchange') this.#exchanged.reject(this.#lost())
    this.#waits.fail()
    for (const channel of this.#channels) channel.lost(this.#lost())
    this.#channels.clear()
    // What ssh2 has to say to the server may leave; a server that does not listen is not waited for.
    this.#socket.destroySoon()
    this.#farewell = clock().after(FAREWELL, () => this.#socket.destroy())
  }

  #gone(): void {
    this.#fail(undefined)
    this.#farewell?.clear()
    this.#closed.resolve(this.#state.ours ? undefined : this.#lost())
  }

  #lost(): NetError {
    return lossForWaits(this.#failure, this.#state.ours)
  }
}

const FAREWELL = 1000
// In milliseconds.
const FAR = 5
const PLAIN = ['none']
// From the end of the login on only.
const COMPRESSED = ['zlib@openssh.com', 'none']
