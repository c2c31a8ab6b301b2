/*
 * TLS over any transport, as a client or as a server. The handshake is limited and aborted here; nothing is sent
 * or handed out before the peer's certificate has passed every check that was asked for.
 */

import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'

import { formatEndpoint, type Timeout } from '@net/core'
import {
  argument,
  inCall,
  netError,
  option,
  optionsDoor,
  own,
  stoppable,
  type ClientContext,
  type Operation,
  type OptionsDoor,
} from '@net/core/authoring'

import { isTransport } from '../call-doors.ts'
import { roadOperation } from '../dial-operation.ts'
import { handshakeErrors } from '../errors.ts'
import { foreignTransport } from '../foreign-transport.ts'
import { NodeSocket } from '../node-socket.ts'
import { resetOf } from '../socket-info.ts'
import { SocketTransport } from '../socket-transport.ts'
import type { Transport } from '../transport.ts'
import { requireCloseNotify } from './close-notify.ts'
import { contextOf, serverContext } from './context.ts'
import {
  peerCertificate,
  sniName,
  verifyClient,
  verifyPins,
  verifyServer,
  withoutDot,
} from './identity.ts'
import type { TlsInfo } from './info.ts'
import { keyLogOf } from './key-log.ts'
import { nodeTls } from './node-tls.ts'
import { tlsOptions, type TlsOptions } from './options.ts'

/** Options of one handshake. */
export interface SecureOptions {
  /** Aborting it ends the handshake with an AbortError. */
  readonly signal?: AbortSignal | undefined
  /** Limits in milliseconds; `tls` is 10 s by default, a number limits the handshake as a whole. */
  readonly timeout?: Timeout | undefined
  /** The operation for which this is done. */
  readonly parent?: number | undefined
  /** The client for which this is done; it has the log. */
  readonly client?: ClientContext | undefined
  /** What errors call the other end; default `the server`. */
  readonly peer?: string | undefined
}

/**
 * Speaks TLS as a client over a connected transport; one operation of its own, called `secure`, whose phase is
 * `tls`. The result has the transport's endpoint and hops, and `info.tls`. The transport given must not be used any
 * more, and is gone if this rejects.
 */
export function secure(
  transport: Transport,
  tls?: TlsOptions,
  options?: SecureOptions,
): Promise<Transport> {
  return given(transport, tls, options, secureAsClient)
}

/** Speaks TLS as a server over a connected transport; otherwise as `secure`. The options need `cert` and `key`. */
export function secureServer(
  transport: Transport,
  tls: TlsOptions,
  options?: SecureOptions,
): Promise<Transport> {
  return given(transport, tls, options, secureAsServer)
}

type Part = (transport: Transport, tls: TlsOptions, options: SecureOptions) => Promise<Transport>

/** A transport that was given is gone if this rejects, for whatever reason. */
async function given(
  transport: Transport,
  tls: TlsOptions | undefined,
  options: SecureOptions | undefined,
  part: Part,
): Promise<Transport> {
  const place = { protocol: 'socket', call: part === secureAsClient ? 'secure' : 'secureServer' }
  inCall(place, () => argument('the transport', isTransport, transport))
  const road = foreignTransport(transport)
  let taken: readonly [TlsOptions, SecureOptions]
  try {
    taken = inCall(place, () => [
      tlsOptions.take(tls === undefined ? {} : tls, 'tls'),
      secureDoor(options),
    ])
  } catch (error) {
    road.abort(error)
    throw error
  }
  return part(road, ...taken)
}

const secureAsClient: Part = (transport, tls, options) => {
  const { endpoint } = transport.info
  const who = `${options.peer ?? 'the server'} ${formatEndpoint(endpoint)}`
  const name = withoutDot(own(tls, 'servername') ?? endpoint.host)
  const servername = sniName(name)
  const skip = own(tls, 'dangerouslySkipVerification') === true
  const session = own(tls, 'session')
  const begin = (raw: Socket): Handshake => {
    const socket = nodeTls().connect({
      socket: raw,
      secureContext: contextOf(tls),
      // All of it is verified below: Node would leave out the names of resumed sessions, and says less of what is wrong.
      rejectUnauthorized: false,
      checkServerIdentity: () => undefined,
      ...alpnOf(tls),
      ...(servername === undefined ? {} : { servername }),
      ...(session === undefined ? {} : { session: Buffer.from(session) }),
    })
    const verify: Handshake['verify'] = () => {
      if (!skip) verifyServer(socket, name, who)
      verifyPins(peerCertificate(socket), tls, who)
      return { servername, authorized: !skip }
    }
    return { socket, event: 'secureConnect', verify }
  }
  return handshake(transport, tls, options, { name: 'secure', begin })
}

const secureAsServer: Part = (transport, tls, options) => {
  const who = 'the client'
  const mutual = own(tls, 'ca') !== undefined
  const strict = mutual && own(tls, 'dangerouslySkipVerification') !== true
  const begin = (raw: Socket): Handshake => {
    const socket = new (nodeTls().TLSSocket)(raw, {
      isServer: true,
      secureContext: serverContext(tls),
      requestCert: mutual,
      rejectUnauthorized: strict,
      ...alpnOf(tls),
    })
    // Without a tls.Server around it, Node emits the errors of this side under this name only.
    socket.on('_tlsError', (error: Error) => void socket.destroy(error))
    const verify: Handshake['verify'] = () => {
      // Only a tls.Server would say so; whoever is given the socket, such as Node's HTTP/2, waits for it otherwise.
      Reflect.set(socket, 'secureConnecting', false)
      if (strict) verifyClient(socket, who)
      verifyPins(peerCertificate(socket), tls, who)
      return { servername: nameAskedFor(socket), authorized: strict }
    }
    return { socket, event: 'secure', verify }
  }
  return handshake(transport, tls, options, { name: 'accept', begin })
}

interface Handshake {
  readonly socket: TLSSocket
  /** What the socket emits when the handshake is done. */
  readonly event: string
  /** Throws unless the peer may be talked to. */
  readonly verify: () => { readonly servername: string | undefined; readonly authorized: boolean }
}

async function handshake(
  transport: Transport,
  tls: TlsOptions,
  options: SecureOptions,
  { name, begin }: { readonly name: string; readonly begin: (raw: Socket) => Handshake },
): Promise<Transport> {
  const { endpoint } = transport.info
  const spec = { protocol: 'tls', operation: name, endpoint, errors: handshakeErrors }
  try {
    return await roadOperation(spec, options, (op) =>
      op.phase('tls', () => shakeHands(transport, tls, op, begin)),
    )
  } catch (error) {
    transport.abort(error)
    throw error
  }
}

async function shakeHands(
  transport: Transport,
  tls: TlsOptions,
  op: Operation,
  begin: (raw: Socket) => Handshake,
): Promise<Transport> {
  const raw = transport.release?.() ?? new NodeSocket(transport, { allowHalfOpen: true })
  const cut = resetOf(raw)
  let begun: Handshake
  try {
    begun = begin(raw)
  } catch (error) {
    raw.destroy()
    throw error
  }
  const { socket } = begun
  const log = keyLogOf(tls)
  if (log !== undefined) socket.on('keylog', (line) => log(line.toString('latin1').trimEnd()))
  const reset = (): void => {
    // In a later turn: while a callback of TLS runs, the socket below it has to stay as it is.
    setImmediate(() => {
      cut?.()
      socket.destroy()
    })
  }
  const truncation = own(tls, 'dangerouslyAllowTruncation') === true
  const done = finished(begun, () => {
    // HTTP/2 says itself where everything ends.
    if (!truncation && socket.alpnProtocol !== 'h2') requireCloseNotify(socket, raw)
  })
  const outcome = await stoppable(op, done, () => {
    drop(socket)
    reset()
  })
  return new SocketTransport(socket, {
    info: { ...transport.info, encrypted: true, tls: infoOf(socket, outcome) },
    protocol: 'tls',
    reset,
  })
}

/** `verified` is called in the turn in which the handshake ends, before anything else can arrive. */
function finished(
  { socket, event, verify }: Handshake,
  verified: () => void,
): Promise<ReturnType<Handshake['verify']>> {
  return new Promise((resolve, reject) => {
    const forget = (): void => {
      socket.off('error', failed)
      socket.off('close', closed)
      socket.off('end', closed)
      socket.off(event, done)
    }
    const failed = (error: Error): void => {
      forget()
      drop(socket)
      // Node leaves it open when the peer has only ended.
      socket.destroy()
      reject(error)
    }
    const closed = (): void =>
      failed(
        netError('NET_CONN_RESET', {
          message: 'the peer left during the handshake',
          retry: 'safe',
        }),
      )
    const done = (): void => {
      try {
        const outcome = verify()
        verified()
        socket.off('close', closed)
        socket.off('end', closed)
        const settle = (): void => {
          forget()
          resolve(outcome)
        }
        // A server that ends while its session tickets are still to be sent, which TLS 1.3 does after this event, sends no close_notify.
        if (event === 'secure') setImmediate(settle)
        else settle()
      } catch (error) {
        forget()
        drop(socket)
        socket.destroy()
        reject(error)
      }
    }
    socket.on('error', failed)
    socket.on('close', closed)
    // On the side of a server Node goes on waiting for a client that has ended.
    socket.on('end', closed)
    socket.on(event, done)
  })
}

/** Hears and drops the late errors of a socket that was given up. */
function drop(socket: TLSSocket): void {
  socket.on('error', () => {})
}

function infoOf(
  socket: TLSSocket,
  { servername, authorized }: ReturnType<Handshake['verify']>,
): TlsInfo {
  const certificate = peerCertificate(socket)
  const { alpnProtocol } = socket
  return {
    protocol: socket.getProtocol() ?? 'unknown',
    cipher: socket.getCipher().standardName,
    authorized,
    resumed: socket.isSessionReused(),
    ...(typeof alpnProtocol === 'string' ? { alpn: alpnProtocol } : {}),
    ...(servername === undefined ? {} : { servername }),
    ...(certificate === undefined ? {} : { certificate }),
  }
}

function alpnOf(tls: TlsOptions): { ALPNProtocols?: string[] } {
  const alpn = own(tls, 'alpn')
  return alpn === undefined ? {} : { ALPNProtocols: [...alpn] }
}

function nameAskedFor(socket: TLSSocket): string | undefined {
  const name: unknown = Reflect.get(socket, 'servername')
  return typeof name === 'string' ? name : undefined
}

const secureDoor: OptionsDoor<SecureOptions> = optionsDoor<SecureOptions>(
  { protocol: 'socket' },
  {
    signal: option.signal,
    timeout: option.timeout,
    parent: option.anything,
    client: option.anything,
    peer: option.text,
  },
)
