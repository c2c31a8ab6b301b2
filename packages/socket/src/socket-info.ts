/* What a real socket knows of its road, read while it is open: a closed one has forgotten it. */

import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'

import type { Endpoint } from '@net/core'

import { isTlsSocket } from './tls/node-tls.ts'
import type { ConnectionInfo, Hop } from './transport.ts'

/** What is known of a socket that is connected straight to the endpoint. */
export function socketInfo(socket: Socket, endpoint: Endpoint): ConnectionInfo {
  const local = addressOf(socket.localAddress, socket.localPort)
  const remote = addressOf(socket.remoteAddress, socket.remotePort) ?? socketFile(endpoint)
  return {
    endpoint,
    hops: NO_HOPS,
    encrypted: isTlsSocket(socket),
    ...(local === undefined ? {} : { local }),
    ...(remote === undefined ? {} : { remote }),
  }
}

/** How to close the socket so that the peer sees a reset, one function for all; undefined where only TCP could. */
export function resetOf(socket: Socket): typeof reset | undefined {
  return isTlsSocket(socket) || socket.remoteFamily === undefined ? undefined : reset
}

function reset(stream: Duplex): void {
  // While an end is on its way Node refuses the reset and never closes the handle.
  const isEnding = stream.writableEnded && !stream.writableFinished
  if (stream instanceof Socket && !isEnding) stream.resetAndDestroy()
  else stream.destroy()
}

function addressOf(host: string | undefined, port: number | undefined): Endpoint | undefined {
  if (host === undefined || port === undefined) return undefined
  return { scheme: 'tcp', host, port }
}

function socketFile(endpoint: Endpoint): Endpoint | undefined {
  return endpoint.path === undefined ? undefined : endpoint
}

const NO_HOPS: readonly Hop[] = Object.freeze([])
