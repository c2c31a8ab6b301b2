/*
 * The server half of ssh2 for one connection, in our own words, and able to break the rules on demand. Loaded by the
 * embedded server alone.
 */

import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'

import type { ServerQuirks } from '../testing/server-quirks.ts'
import type { PrivateKey } from '../identity/key-material.ts'
import { fields, uint32 } from '../identity/wire.ts'
import { loadServerEngine } from './load-engine.ts'
import { keysAsObjects, serveCertificate } from './ssh2-exchange.ts'
import {
  announceHostKeys,
  endsAlone,
  hearRequests,
  sendMessage,
  sessionIdOf,
} from './ssh2-internals.ts'
import type { EngineServedCommand } from './ssh2-command-server.ts'
import { ServedForwards, type ForwardDesk, type ServedPlace } from './ssh2-forwards-server.ts'
import {
  methodOf,
  shownKey,
  talkOf,
  type LoginAttempt,
  type LoginDecision,
  type LoginTalk,
} from './ssh2-server-login.ts'
import { ServedSession, type SessionDesk } from './ssh2-session-server.ts'
import { ChannelStream } from './ssh2-stream.ts'
import type {
  EngineChannel,
  EngineIncoming,
  EngineLogin,
  EngineProtocol,
  EngineSession,
  EngineTerminal,
} from './ssh2-types.ts'
import { batchWrites } from './write-batch.ts'

/** What a server does for one connection. */
export interface ServerDesk extends SessionDesk, ForwardDesk {
  /** The private keys of the host, each of another type. */
  readonly hostKeys: readonly string[]
  /** A certificate for one of them, in wire format. */
  readonly hostCertificate?: Uint8Array | undefined
  /** Keys that the server announces after the login. */
  readonly nextHostKeys: readonly PrivateKey[]
  readonly banner?: string | undefined
  readonly greeting?: string | undefined
  /** The client has said who it is; the key exchange follows. */
  begin(road: ServerRoad): void
  /** New keys were agreed on; either side may have asked. */
  rekeyed(): void
  login(attempt: LoginAttempt, talk: LoginTalk): Promise<LoginDecision>
  /** Whether a session is opened; `close` opens it and closes it at once. */
  openSession(): Promise<boolean | 'close'>
  /** A session that was opened is closed. */
  sessionClosed(): void
}

/** The bytes below a connection. */
export interface ServerRoad {
  /** Holds back what the server says from here on; call the result to let it go. */
  hold(): () => void
  /** Ends the connection as SSH does, for a reason of RFC 4253, section 11.1. */
  sayGoodbye(reason: number, text: string): void
  /** Opens a tunnel to the client, for a connection to this place; undefined if the client refuses. */
  openForwarded(
    place: ServedPlace,
    from: { readonly host: string; readonly port: number },
  ): Promise<Duplex | undefined>
}

/** Speaks SSH as a server over the socket, until it is closed. */
export async function serveSsh(socket: Socket, desk: ServerDesk): Promise<void> {
  const engine = await loadServerEngine()
  const server = new engine.Server({
    hostKeys: desk.hostKeys,
    ...(desk.banner === undefined ? {} : { banner: desk.banner }),
    ...(desk.greeting === undefined ? {} : { greeting: desk.greeting }),
    ...(desk.quirks.software === undefined ? {} : { ident: desk.quirks.software }),
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
    const connection = new ServedConnection(client, desk)
    connection.listen()
    desk.begin(roadOf(socket, client, connection.forwards))
  })
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => resolve())
  })
  socket.setNoDelay(true)
  batchWrites(socket)
  server.injectSocket(socket)
  await closed
}

class ServedConnection {
  readonly forwards: ServedForwards
  readonly #client: EngineIncoming
  readonly #desk: ServerDesk
  /** The logins with keys as they came, in their order. */
  readonly #keys: Buffer[] = []
  /** By the numbers that the client knows them by. */
  readonly #sessions = new Map<number, ServedSession>()
  readonly #commands = new Set<EngineServedCommand>()
  #request: Uint8Array = new Uint8Array(0)

  constructor(client: EngineIncoming, desk: ServerDesk) {
    this.#client = client
    this.#desk = desk
    this.forwards = new ServedForwards(client, desk, (channel) => this.#tunnel(channel))
    hearRequests(client, {
      login: (payload) => {
        if (methodOf(payload) === 'publickey') this.#keys.push(Buffer.from(payload))
      },
      channel: (payload) => {
        this.#request = payload
      },
    })
  }

  listen(): void {
    const client = this.#client
    client.on('close', () => {
      for (const command of this.#commands) command.gone()
    })
    client.on('authentication', (login: EngineLogin) => void this.#login(login))
    client.on('session', (accept: () => EngineSession, reject: () => void) => {
      void this.#session(accept, reject)
    })
    this.forwards.listen()
    this.#hearRequests()
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
    const session = accept()
    const served = new ServedSession(session, {
      client: this.#client,
      desk: this.#desk,
      request: () => this.#request,
      hold: (command) => this.#hold(command),
    })
    const { id } = session._chanInfo.incoming
    this.#sessions.set(id, served)
    session.once('close', () => {
      this.#sessions.delete(id)
      this.#desk.sessionClosed()
    })
    if (decision === 'close') served.close()
  }

  #hold(command: EngineServedCommand): void {
    this.#commands.add(command)
    void command.closed.then(() => this.#commands.delete(command))
  }

  #tunnel(channel: EngineChannel): Duplex {
    if (this.#desk.quirks.breaks === 'window') channel.outgoing.window = Infinity
    endsAlone(channel)
    return new ChannelStream(channel)
  }

  /** ssh2's server drops signals and sizes that come after the end of the input, and most signals do. */
  #hearRequests(): void {
    const handlers = this.#client._protocol._handlers
    const original = handlers['CHANNEL_REQUEST']
    handlers['CHANNEL_REQUEST'] = (...args: never[]) => {
      const [, recipient, type, , data] = args as unknown[] as [
        unknown,
        number,
        string,
        boolean,
        unknown,
      ]
      const session = this.#sessions.get(recipient)
      if (type === 'signal') session?.signal(data as string)
      else if (type === 'window-change') session?.resize(data as EngineTerminal)
      else original?.(...args)
    }
  }
}

function roadOf(socket: Socket, client: EngineIncoming, forwards: ServedForwards): ServerRoad {
  return {
    openForwarded: (place, from) => forwards.open(place, from),
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
