/*
 * TLS over any transport, as a client or as a server. The handshake is limited and aborted here; nothing is sent
 * or handed out before the peer's certificate has passed every check that was asked for.
 */

import type { Socket } from 'node:net'
import type { SecureContext, TLSSocket } from 'node:tls'

import { formatEndpoint } from '@net/core'
import { argument, inCall, netError, own, stoppable, type Operation } from '@net/core/authoring'

import { isTransport } from '../call-doors.ts'
import { roadOperation } from '../dial-operation.ts'
import { handshakeErrors } from '../errors.ts'
import { foreignTransport } from '../foreign-transport.ts'
import { NodeSocket } from '../node-socket.ts'
import { resetOf } from '../socket-info.ts'
import { SocketTransport } from '../socket-transport.ts'
import type { Transport } from '../transport.ts'
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
import { keyLogOf } from './key-log.ts'
import { nodeTls } from './node-tls.ts'
import { serverTls, tlsOptions, type ServerTls, type TlsOptions } from './options.ts'
import { unlocked } from './passphrase.ts'
import { secureDoor, type SecureOptions } from './secure-options.ts'
import { identityFor, serverIdentities } from './server-identity.ts'
import { keptSession } from './kept-session.ts'

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
  const take = (): TlsOptions => tlsOptions.take(tls === undefined ? {} : tls, 'tls')
  return given(transport, { call: 'secure', take, part: secureAsClient }, options)
}

/**
 * Speaks TLS as a server over a connected transport; otherwise as `secure`. The options need `cert` and `key`; of a list
 * the client's SNI chooses the first whose certificate has the name, or else the first of all.
 */
export function secureServer(
  transport: Transport,
  tls: ServerTls,
  options?: SecureOptions,
): Promise<Transport> {
  const take = (): ServerTls => serverTls.take(tls, 'tls')
  return given(transport, { call: 'secureServer', take, part: secureAsServer }, options)
}

/** Ends TLS within the limits of a handshake; one operation of its own, called `unsecure`, whose phase is `tls`. */
export function tlsEnd(
  { info }: Transport,
  options: Pick<SecureOptions, 'signal' | 'timeout'> | undefined,
  end: () => Promise<void>,
): Promise<void> {
  const { endpoint } = info
  const spec = { protocol: 'tls', operation: 'unsecure', endpoint, errors: handshakeErrors }
  return roadOperation(spec, options, (op) => op.phase('tls', () => stoppable(op, end())))
}

interface Part<T> {
  readonly call: string
  readonly take: () => T
  readonly part: (transport: Transport, tls: T, options: SecureOptions) => Promise<Transport>
}

/** A transport that was given is gone if this rejects, for whatever reason. */
async function given<T>(
  transport: Transport,
  { call, take, part }: Part<T>,
  options: SecureOptions | undefined,
): Promise<Transport> {
  const place = { protocol: 'socket', call }
  inCall(place, () => argument('the transport', isTransport, transport))
  const road = foreignTransport(transport)
  let taken: readonly [T, SecureOptions]
  try {
    taken = inCall(place, () => [take(), secureDoor(options)])
  } catch (error) {
    road.abort(error)
    throw error
  }
  return part(road, ...taken)
}

function secureAsClient(
  transport: Transport,
  tls: TlsOptions,
  options: SecureOptions,
): Promise<Transport> {
  if (transport.secure !== undefined) return transport.secure(tls, options)
  const { endpoint } = transport.info
  const who = `${options.peer ?? 'the server'} ${formatEndpoint(endpoint)}`
  const name = withoutDot(own(tls, 'servername') ?? endpoint.host)
  const servername = sniName(name)
  const prepare: Prepare = async (op) => {
    const secureContext = await unlocked(tls, op, (passphrase) => contextOf(tls, passphrase))
    const kept = keptSession(transport.info, { name, tls, client: options.client })
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
  return handshake(transport, options, { name: 'secure', prepare })
}

function secureAsServer(
  transport: Transport,
  tls: ServerTls,
  options: SecureOptions,
): Promise<Transport> {
  const who = 'the client'
  const prepare: Prepare = async (op) => {
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
        // Only a tls.Server would say so; whoever is given the socket, such as Node's HTTP/2, waits for it otherwise.
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
  return handshake(transport, options, { name: 'accept', prepare })
}

type SniCallback = (name: string, done: (error: null, context: SecureContext) => void) => void

/** Does what has to be done before the first byte; what it gives begins. */
type Prepare = (op: Operation) => Promise<(raw: Socket) => Handshake>

interface Handshake {
  readonly socket: TLSSocket
  /** What the socket emits when the handshake is done. */
  readonly event: string
  /** Throws unless the peer may be talked to. */
  readonly verify: () => Outcome
  readonly tls: TlsOptions
}

async function handshake(
  transport: Transport,
  options: SecureOptions,
  { name, prepare }: { readonly name: string; readonly prepare: Prepare },
): Promise<Transport> {
  const { endpoint } = transport.info
  const spec = { protocol: 'tls', operation: name, endpoint, errors: handshakeErrors }
  try {
    return await roadOperation(spec, options, async (op) => {
      // Before the phase: a person who is asked for a passphrase may need longer than its limit.
      const begin = await stoppable(op, prepare(op))
      return op.phase('tls', () => shakeHands(transport, op, begin))
    })
  } catch (error) {
    transport.abort(error)
    throw error
  }
}

async function shakeHands(
  transport: Transport,
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

function alpnOf(tls: TlsOptions): { ALPNProtocols?: string[] } {
  const alpn = own(tls, 'alpn')
  return alpn === undefined ? {} : { ALPNProtocols: [...alpn] }
}

function nameAskedFor(socket: TLSSocket): string | undefined {
  const name: unknown = Reflect.get(socket, 'servername')
  return typeof name === 'string' ? name : undefined
}
