/* The WebSocket of a client: from its URL and options over the handshake to the first message. */

import { isNetError } from '@net/core'
import { addContext, type OperationSpec } from '@net/core/authoring'

import { wsFrames } from './engine/ws.ts'
import { fieldsOver } from './headers.ts'
import type { SwitchedConnection } from './switching.ts'
import { requestFields, termsOf, webSocketRequest } from './web-socket-handshake.ts'
import type { TakenWebSocket, WebSocketConnection, WebSocketOptions } from './web-socket-options.ts'
import { webSocketOver } from './web-socket.ts'

/** Where a WebSocket is opened with what. */
export interface WebSocketWish {
  readonly options: TakenWebSocket
  readonly spec: OperationSpec
  /** Asks the server to go on as a WebSocket. */
  readonly upgrade: (options: WebSocketOptions) => Promise<SwitchedConnection>
}

/** Opens it. Rejects as `upgrade`, and with `NET_PROTO_UNEXPECTED` for an answer that was not asked for. */
export async function openWebSocket({
  options,
  spec,
  upgrade,
}: WebSocketWish): Promise<WebSocketConnection> {
  const asked = webSocketRequest(options.protocols, options.compress)
  const headers = fieldsOver(options.call.headers, requestFields(asked))
  const { connection, headers: answered } = await upgrade({ ...options.call, headers })
  try {
    const terms = termsOf(answered, asked)
    const { protocol, deflate } = terms
    const parts = { connection, makeFrames: wsFrames, role: 'client', headers: answered } as const
    return webSocketOver({ ...parts, protocol, deflate, options, spec })
  } catch (error) {
    connection.abort()
    const { operation, target, endpoint } = spec
    if (isNetError(error)) addContext(error, { protocol: 'http', operation, target, endpoint })
    throw error
  }
}
