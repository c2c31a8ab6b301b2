/*
 * TLS over any transport, as a client or as a server. The handshake is limited and aborted here, and loaded when it is first
 * needed: many programs speak no TLS.
 */

import { argument, inCall, lazyModule, stoppable, type Operation } from '@net/core/authoring'

import { isTransport } from '../call-doors.ts'
import { roadOperation } from '../dial-operation.ts'
import { handshakeErrors } from '../errors.ts'
import { foreignTransport } from '../foreign-transport.ts'
import type { Transport } from '../transport.ts'
import type { Begin } from './handshake.ts'
import { serverTls, tlsOptions, type ServerTls, type TlsOptions } from './options.ts'
import { secureDoor, type SecureOptions } from './secure-options.ts'

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
  const { info } = transport
  return secured(transport, options, {
    name: 'secure',
    prepare: ({ asClient }, op) => asClient({ info, tls, options }, op),
  })
}

function secureAsServer(
  transport: Transport,
  tls: ServerTls,
  options: SecureOptions,
): Promise<Transport> {
  return secured(transport, options, {
    name: 'accept',
    prepare: ({ asServer }, op) => asServer(tls, op),
  })
}

interface Side {
  readonly name: string
  readonly prepare: (hands: typeof import('./handshake.ts'), op: Operation) => Promise<Begin>
}

async function secured(
  transport: Transport,
  options: SecureOptions,
  { name, prepare }: Side,
): Promise<Transport> {
  const { endpoint } = transport.info
  const spec = { protocol: 'tls', operation: name, endpoint, errors: handshakeErrors }
  try {
    return await roadOperation(spec, options, async (op) => {
      const hands = await stoppable(op, handshake())
      // Before the phase: a person who is asked for a passphrase may need longer than its limit.
      const begin = await stoppable(op, prepare(hands, op))
      return op.phase('tls', () => hands.shakeHands(transport, op, begin))
    })
  } catch (error) {
    transport.abort(error)
    throw error
  }
}

const handshake = /* @__PURE__ */ lazyModule(() => import('./handshake.ts'))
