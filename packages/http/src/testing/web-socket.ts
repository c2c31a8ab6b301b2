/* WebSockets of a test server: a reply that goes on as one. */

import { inCall, option, optionsDoor } from '@net/core/authoring'

import { wsFrames } from '../engine/ws.ts'
import { HttpHeaders } from '../headers.ts'
import { AGREED_DEFLATE, answerFields, extensionsIn } from '../web-socket-handshake.ts'
import type { WebSocketConnection } from '../web-socket-options.ts'
import { webSocketOver } from '../web-socket.ts'
import type { Reply } from './route.ts'
import type { SeenRequest } from './seen-request.ts'

/** How a test server takes a WebSocket. */
export interface AcceptOptions {
  /** The sub-protocols that it knows; the first one that the client names is chosen. */
  readonly protocols?: readonly string[] | undefined
  /** Whether it compresses if the client offers that. Default false. */
  readonly compress?: boolean | undefined
  /** How long a message may be. Default 16 MiB. */
  readonly maxMessageBytes?: number | undefined
}

/**
 * The reply that goes on as a WebSocket, for a route: `(request) => acceptWebSocket(request, async (socket) => { … })`. It is
 * closed when `serve` has returned; what `serve` throws cuts it off. A request for none gets status 426.
 */
export function acceptWebSocket(
  request: SeenRequest,
  serve: (socket: WebSocketConnection) => void | Promise<void>,
  options?: AcceptOptions,
): Reply {
  const {
    protocols = [],
    compress = false,
    maxMessageBytes = MOST,
  } = inCall({ protocol: 'http', call: 'acceptWebSocket' }, () => acceptOptions(options))
  const { headers } = request
  const key = headers['sec-websocket-key']
  if (headers.upgrade?.toLowerCase() !== 'websocket' || key === undefined)
    return { status: 426, headers: { upgrade: 'websocket', connection: 'upgrade' } }
  const named = (headers['sec-websocket-protocol'] ?? '').split(',').map((each) => each.trim())
  const protocol = named.find((each) => protocols.includes(each))
  const offers = extensionsIn(headers['sec-websocket-extensions'] ?? '')
  const compressed = compress && offers.some(({ name }) => name === 'permessage-deflate')
  return {
    status: 101,
    headers: answerFields(key, protocol, compressed),
    connection: async (connection) => {
      const socket = webSocketOver({
        connection,
        makeFrames: wsFrames,
        role: 'server',
        headers: new HttpHeaders(),
        protocol: protocol ?? '',
        deflate: compressed ? AGREED_DEFLATE : undefined,
        options: { maxMessageBytes, keepAlive: undefined },
        spec: { protocol: 'http', operation: 'webSocket', kind: 'session' },
      })
      try {
        await serve(socket)
        await socket.close()
      } catch {
        socket.abort()
      }
    },
  }
}

const acceptOptions = optionsDoor<AcceptOptions>(
  { protocol: 'http', call: 'acceptWebSocket' },
  {
    protocols: option.list(option.text),
    compress: option.flag,
    maxMessageBytes: option.count,
  },
)
const MOST = 16_777_216
