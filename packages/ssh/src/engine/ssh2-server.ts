/*
 * The server half of ssh2 for one connection, in our own words, and able to break the rules on demand. Loaded by the
 * embedded server alone.
 */

import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'

import type { ServerQuirks } from '../testing/server-quirks.ts'
import type { PrivateKey } from '../identity/key-material.ts'
import { fields, uint32 } from '../identity/wire.ts'
import { loadEngine } from './load-engine.ts'
import { keysAsObjects, serveCertificate } from './ssh2-exchange.ts'
import {
  announceHostKeys,
  endsAlone,
  hearLoginRequests,
  sendMessage,
  sessionIdOf,
} from './ssh2-internals.ts'
import {
  methodOf,
  shownKey,
  talkOf,
  type LoginAttempt,
  type LoginDecision,
  type LoginTalk,
} from './ssh2-server-login.ts'
import { ChannelStream } from './ssh2-stream.ts'
import type {
  EngineChannel,
  EngineIncoming,
  EngineLogin,
  EngineProtocol,
  EngineSession,
} from './ssh2-types.ts'
import { batchWrites } from './write-batch.ts'

/** What a server does for one connection. */
export interface ServerDesk {
  /** The private keys of the host, each of another type. */
  readonly hostKeys: readonly string[]
  /** A certificate for one of them, in wire format. */
  readonly hostCertificate?: Uint8Array | undefined
  /** Keys that the server announces after the login. */
  readonly nextHostKeys: readonly PrivateKey[]
  readonly banner?: string | undefined
  readonly greeting?: string | undefined
  readonly quirks: ServerQuirks
  /** The client has said who it is; the key exchange follows. */
  begin(road: ServerRoad): void
  /** New keys were agreed on; either side may have asked. */
  rekeyed(): void
  login(attempt: LoginAttempt, talk: LoginTalk): Promise<LoginDecision>
  /** Whether a session is opened; `close` opens it and closes it at once. */
  openSession(): Promise<boolean | 'close'>
  exec(request: ExecRequest): Promise<void>
  tunnel(request: TunnelRequest): Promise<void>
}

/** The bytes below a connection. */
export interface ServerRoad {
  /** Holds back what the server says from here on; call the result to let it go. */
  hold(): () => void
  /** Ends the connection as SSH does, for a reason of RFC 4253, section 11.1. */
  sayGoodbye(reason: number, text: string): void
}

/** A command is to be run. */
export interface ExecRequest {
  readonly command: string
  readonly env: Readonly<Record<string, string>>
  reject(): void
  /** Closes the channel in place of an answer. */
  close(): void
  /** Undefined if the client has gone meanwhile. */
  accept(heard: (signal: string) => void): ServedCommand | undefined
}

/** A command that is being run. */
export interface ServedCommand {
  readonly stdin: AsyncIterable<Uint8Array>
  /** Resolves to false if the client is gone. */
  write(name: 'stdout' | 'stderr', data: Uint8Array): Promise<boolean>
  exit(status: number): void
  exitSignal(name: string): void
  close(): void
  /** Resolves once the channel is closed. */
  readonly closed: Promise<void>
}

/** A tunnel is to be opened. */
export interface TunnelRequest {
  readonly host: string
  readonly port: number
  reject(): void
  /** Undefined if the client has gone meanwhile. */
  accept(): Duplex | undefined
}

/** Speaks SSH as a server over the socket, until it is closed. */
export async function serveSsh(socket: Socket, desk: ServerDesk): Promise<void> {
  const engine = await loadEngine()
  const server = new engine.Server({
    hostKeys: desk.hostKeys,
    ...(desk.banner === undefined ? {} : { banner: desk.banner }),
    ...(desk.greeting === undefined ? {} : { greeting: desk.greeting }),
  })
  // What a client breaks is the client's affair.
  server.on('error', () => {})
  server.on('connection', (client: EngineIncoming) => {
    client.on('error', () => {})
    let exchanges = 0
    client.on('handshake', () => {
      keysAsObjects(client)
      exchanges += 1
      if (exchanges > 1) desk.rekeyed()
    })
    applyQuirks(client._protocol, desk.quirks)
    if (desk.hostCertificate !== undefined) serveCertificate(client, desk.hostCertificate)
    client.on('ready', () => {
      if (desk.nextHostKeys.length > 0) announceHostKeys(client, desk.nextHostKeys)
    })
    new ServedConnection(client, desk).listen()
    desk.begin(roadOf(socket, client))
  })
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => resolve())
  })
  batchWrites(socket)
  server.injectSocket(socket)
  await closed
}

class ServedConnection {
  readonly #client: EngineIncoming
  readonly #desk: ServerDesk
  /** The logins with keys as they came, in their order. */
  readonly #keys: Buffer[] = []
  readonly #signals = new Map<number, (name: string) => void>()
  readonly #closed = new WeakSet<EngineSession>()
  readonly #commands = new Set<EngineServedCommand>()
  #left = false

  constructor(client: EngineIncoming, desk: ServerDesk) {
    this.#client = client
    this.#desk = desk
    hearLoginRequests(client, (payload) => {
      if (methodOf(payload) === 'publickey') this.#keys.push(payload)
    })
  }

  listen(): void {
    const client = this.#client
    client.on('close', () => {
      this.#left = true
      for (const command of this.#commands) command.gone()
    })
    client.on('authentication', (login: EngineLogin) => void this.#login(login))
    client.on('session', (accept: () => EngineSession, reject: () => void) => {
      void this.#session(accept, reject)
    })
    client.on(
      'tcpip',
      (
        accept: () => EngineChannel,
        reject: () => void,
        to: { destIP: string; destPort: number },
      ) => {
        const request = {
          host: to.destIP,
          port: to.destPort,
          reject,
          accept: () => (this.#left ? undefined : this.#tunnel(accept())),
        }
        void this.#desk.tunnel(request)
      },
    )
    this.#hearSignals()
  }

  async #login(login: EngineLogin): Promise<void> {
    const { username: user, method, password } = login
    const sent = method === 'publickey' ? this.#keys.shift() : undefined
    const key = sent === undefined ? undefined : shownKey(sent, sessionIdOf(this.#client))
    const decision = await this.#desk.login(
      { user, method, ...(typeof password === 'string' ? { password } : {}), ...key?.attempt },
      talkOf(login),
    )
    // A key alone is only a question; with a signature, the signature must be right.
    const counts = decision.accepted || decision.partial === true
    if (counts && key?.isRight === false) login.reject([])
    else if (decision.accepted) login.accept()
    else login.reject(decision.methods, decision.partial)
  }

  async #session(accept: () => EngineSession, reject: () => void): Promise<void> {
    const decision = await this.#desk.openSession()
    if (decision === false) {
      reject()
      return
    }
    const env: Record<string, string> = {}
    const session = accept()
    const close = (): void => this.#client._protocol.channelClose(session._chanInfo.outgoing.id)
    if (decision === 'close') close()
    session.once('close', () => this.#closed.add(session))
    session.on(
      'env',
      (
        take: (() => void) | undefined,
        refuse: (() => void) | undefined,
        pair: { key: string; val: string },
      ) => {
        if (this.#desk.quirks.env === false) {
          refuse?.()
          return
        }
        env[pair.key] = pair.val
        take?.()
      },
    )
    session.on(
      'exec',
      (take: () => EngineChannel, refuse: () => void, { command }: { command: string }) => {
        void this.#desk.exec({
          command,
          env,
          reject: () => this.#answer(session, refuse),
          close,
          accept: (heard) => this.#serve(session, take, heard),
        })
      },
    )
  }

  /** ssh2 answers nothing any more once the input has ended, which clients may do before they have the answer. */
  #answer<T>(session: EngineSession, answer: () => T): T {
    session._ending = false
    return answer()
  }

  #tunnel(channel: EngineChannel): Duplex {
    if (this.#desk.quirks.breaks === 'window') channel.outgoing.window = Infinity
    endsAlone(channel)
    return new ChannelStream(channel)
  }

  #serve(
    session: EngineSession,
    take: () => EngineChannel,
    heard: (signal: string) => void,
  ): ServedCommand | undefined {
    const inputEnded = session._ending
    if (this.#closed.has(session)) return undefined
    const channel = quiet(this.#answer(session, take))
    if (inputEnded) channel.push(null)
    const { id } = channel.incoming
    this.#signals.set(id, heard)
    const served = new EngineServedCommand(channel)
    // ssh2 itself reports the end of a channel only after its input was read.
    session.once('close', () => served.gone())
    this.#commands.add(served)
    void served.closed.then(() => {
      this.#commands.delete(served)
      this.#signals.delete(id)
    })
    breakRules(this.#client._protocol, channel, this.#desk.quirks)
    return served
  }

  /** ssh2's server drops signals that come after the end of the input, and most of them do. */
  #hearSignals(): void {
    const handlers = this.#client._protocol._handlers
    const original = handlers['CHANNEL_REQUEST']
    handlers['CHANNEL_REQUEST'] = (...args: never[]) => {
      const [, recipient, type, , data] = args as unknown[] as [
        unknown,
        number,
        string,
        boolean,
        string,
      ]
      if (type === 'signal') this.#signals.get(recipient)?.(data)
      else original?.(...args)
    }
  }
}

class EngineServedCommand implements ServedCommand {
  readonly stdin: AsyncIterable<Uint8Array>
  readonly closed: Promise<void>
  readonly #channel: EngineChannel
  readonly #left: PromiseWithResolvers<void> = Promise.withResolvers()
  #gone = false

  constructor(channel: EngineChannel) {
    this.#channel = channel
    this.closed = this.#left.promise
    this.stdin = {
      [Symbol.asyncIterator]: () => channel.iterator({ destroyOnReturn: false }),
    }
    channel.once('close', () => this.gone())
  }

  /** The client has closed the channel, or is gone. */
  gone(): void {
    this.#gone = true
    this.#channel.resume()
    this.#left.resolve()
  }

  async write(name: 'stdout' | 'stderr', data: Uint8Array): Promise<boolean> {
    if (this.#gone || data.length === 0) return !this.#gone
    const stream = name === 'stdout' ? this.#channel : this.#channel.stderr
    const written = new Promise<boolean>((resolve) => {
      stream.write(data, () => resolve(true))
    })
    return Promise.race([written, this.closed.then(() => false)])
  }

  exit(status: number): void {
    if (!this.#gone) this.#channel.exit(status)
  }

  exitSignal(name: string): void {
    if (!this.#gone) this.#channel.exit(name, false, '')
  }

  close(): void {
    if (!this.#gone) this.#channel.end()
    // ssh2 reports the close only after everything was read.
    this.#channel.resume()
  }
}

function roadOf(socket: Socket, client: EngineIncoming): ServerRoad {
  return {
    sayGoodbye(reason, text) {
      sendMessage(client, Buffer.concat([Buffer.of(1), uint32(reason), fields(text, '')]))
      socket.end()
    },
    hold() {
      const held: Uint8Array[] = []
      const write = socket.write.bind(socket)
      // ssh2 keeps its own way to the socket; only the socket itself can be stopped.
      socket.write = (data: string | Uint8Array) => {
        held.push(Buffer.from(data))
        return true
      }
      return () => {
        socket.write = write
        for (const data of held) write(data)
      }
    },
  }
}

function applyQuirks(protocol: EngineProtocol, { packetSize }: ServerQuirks): void {
  if (packetSize === undefined) return
  const confirm = protocol.channelOpenConfirm.bind(protocol)
  protocol.channelOpenConfirm = (remote, local, window) =>
    confirm(remote, local, window, packetSize)
}

function breakRules(
  protocol: EngineProtocol,
  channel: EngineChannel,
  { breaks }: ServerQuirks,
): void {
  const { id } = channel.outgoing
  const some = Buffer.from('more than there may be')
  if (breaks === 'channel') protocol.channelData(id + 1000, some)
  if (breaks === 'window') channel.outgoing.window = Infinity
  if (breaks === 'close') channel.close = () => {}
  if (breaks === 'end') {
    protocol.channelEOF(id)
    protocol.channelData(id, some)
  }
}

function quiet(channel: EngineChannel): EngineChannel {
  return channel.on('error', () => {})
}
