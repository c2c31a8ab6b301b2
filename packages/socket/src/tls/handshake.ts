/*
 * The handshake of TLS on both sides. Nothing is sent or handed out before the peer's certificate has passed every check that was
 * asked for. It must not know who limits it.
 */

import type { Socket } from 'node:net'
import type { SecureContext, TLSSocket } from 'node:tls'

import { formatEndpoint, type NetError } from '@net/core'
import { netError, own, stoppable, type Operation } from '@net/core/authoring'

import { NodeSocket } from '../node-socket.ts'
import { resetOf } from '../socket-info.ts'
import { SocketTransport } from '../socket-transport.ts'
import type { ConnectionInfo, Transport } from '../transport.ts'
import { requireCloseNotify } from './close-notify.ts'
import { contextOf } from './context.ts'
import {
  beginsWith,
  peerCertificate,
  sniName,
  verifyClient,
  verifyPins,
  verifyServer,
  withoutDot,
} from './identity.ts'
import { infoOf, type Outcome } from './info-of.ts'
import { keptSession } from './kept-session.ts'
import { keyLogOf } from './key-log.ts'
import { nodeTls } from './node-tls.ts'
import type { ServerTls, TlsOptions } from './options.ts'
import { unlocked } from './passphrase.ts'
import type { SecureOptions } from './secure-options.ts'
import { identityFor, serverIdentities } from './server-identity.ts'

/** Begins a handshake over a socket; what has to be done before the first byte is done. */
export type Begin = (raw: Socket) => Handshake

/** A handshake under way. */
export interface Handshake {
  readonly socket: TLSSocket
  /** What the socket emits when the handshake is done. */
  readonly event: string
  /** Throws unless the peer may be talked to. */
  readonly verify: () => Outcome
  readonly tls: TlsOptions
}

/** What the client's side works with. */
export interface ClientParts {
  /** Of the transport below. */
  readonly info: ConnectionInfo
  readonly tls: TlsOptions
  readonly options: SecureOptions
}

/** Prepares the client's side. Rejects with what is wrong with the options. */
export async function asClient({ info, tls, options }: ClientParts, op: Operation): Promise<Begin> {
  const { endpoint } = info
  const who = `${options.peer ?? 'the server'} ${formatEndpoint(endpoint)}`
  const name = withoutDot(own(tls, 'servername') ?? endpoint.host)
  const servername = sniName(name)
  const secureContext = await unlocked(tls, op, (passphrase) => contextOf(tls, passphrase))
  const kept = keptSession(info, { name, tls, client: options.client })
  return (raw) => {
    const socket = nodeTls().connect({
      socket: raw,
      secureContext,
      // All of it is verified below: Node would leave out the names of resumed sessions, and says less of what is wrong.
      rejectUnauthorized: false,
      checkServerIdentity: () => undefined,
      ...alpnOf(tls),
      ...(servername === undefined ? {} : { servername }),
      ...(kept.session === undefined ? {} : { session: kept.session }),
    })
    if (kept.session !== undefined) beginsWith(socket, kept.session)
    const verify: Handshake['verify'] = () => {
      verifyServer(socket, tls, { name, who })
      verifyPins(peerCertificate(socket), tls, who)
      kept.verified()
      return { servername, authorized: own(tls, 'dangerouslySkipVerification') !== true }
    }
    socket.on('session', (session) => kept.add(session))
    return { socket, event: 'secureConnect', verify, tls }
  }
}

/** Prepares the server's side. Rejects with what is wrong with the options. */
export async function asServer(tls: ServerTls, op: Operation): Promise<Begin> {
  const who = 'the client'
  const identities = await serverIdentities(tls, op)
  const [first] = identities
  const choose: SniCallback = (name, done) => done(null, identityFor(identities, name).context)
  return (raw) => {
    const socket = new (nodeTls().TLSSocket)(raw, {
      isServer: true,
      secureContext: first.context,
      requestCert: identities.some(({ asks }) => asks),
      rejectUnauthorized: identities.every(({ isStrict }) => isStrict),
      ...(identities.length > 1 ? { SNICallback: choose } : {}),
      ...alpnOf(first.tls),
    })
    // Without a tls.Server around it, Node emits the errors of this side under this name only.
    socket.on('_tlsError', (error: Error) => void socket.destroy(error))
    const verify: Handshake['verify'] = () => {
      // Only a tls.Server would say so, and users of the socket, such as Node's HTTP/2, wait for it.
      Reflect.set(socket, 'secureConnecting', false)
      const servername = nameAskedFor(socket)
      const { isStrict, tls: chosen } = identityFor(identities, servername)
      if (isStrict) verifyClient(socket, who)
      verifyPins(peerCertificate(socket), chosen, who)
      return { servername, authorized: isStrict }
    }
    return { socket, event: 'secure', verify, tls: first.tls }
  }
}

type SniCallback = (name: string, done: (error: null, context: SecureContext) => void) => void

/** Shakes hands over the transport, which must not be used any more. */
export async function shakeHands(
  transport: Transport,
  op: Operation,
  begin: Begin,
): Promise<Transport> {
  const raw = transport.release?.() ?? new NodeSocket(transport, { allowHalfOpen: true })
  const cut = resetOf(raw)
  let begun: Handshake
  try {
    if (hasEnded(raw)) throw peerLeft()
    begun = begin(raw)
  } catch (error) {
    raw.destroy()
    throw error
  }
  const { socket, tls } = begun
  const log = keyLogOf(tls)
  if (log !== undefined) socket.on('keylog', (line) => log(line.toString('latin1').trimEnd()))
  const reset = (): void => {
    // In a later turn: while a callback of TLS runs, the socket below it has to stay as it is.
    setImmediate(() => {
      cut?.(raw)
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
function finished({ socket, event, verify }: Handshake, verified: () => void): Promise<Outcome> {
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
    const closed = (): void => failed(peerLeft())
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

/** Whether the peer's end came while this side prepared itself: Node tells it to nobody who takes the socket over then. */
function hasEnded(raw: Socket): boolean {
  const { ended = false } = Object(Reflect.get(raw, '_readableState')) as { ended?: boolean }
  return ended
}

function peerLeft(): NetError {
  const message = 'the peer left during the handshake'
  return netError('NET_CONN_RESET', { message, retry: 'safe' })
}

/** Hears and drops the late errors of a socket that was given up. */
function drop(socket: TLSSocket): void {
  socket.on('error', () => {})
}

function alpnOf(tls: TlsOptions): { ALPNProtocols?: string[] } {
  const alpn = own(tls, 'alpn')
  return alpn === undefined ? {} : { ALPNProtocols: [...alpn] }
}

function nameAskedFor(socket: TLSSocket): string | undefined {
  const name: unknown = Reflect.get(socket, 'servername')
  return typeof name === 'string' ? name : undefined
}
