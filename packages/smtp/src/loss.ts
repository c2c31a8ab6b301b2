/*
 * The loss of a transport as an error of the session: the transport does not know which call it hit, nor in which
 * phase.
 */

import { isNetError, type NetErrorCode } from '@net/core'
import { netError } from '@net/core/authoring'
import type { Transport } from '@net/socket'

/** The next bytes; null once the server has ended. Rejects with the loss. */
export async function readFrom(transport: Transport): Promise<Uint8Array | null> {
  try {
    return await transport.read()
  } catch (error) {
    // An end without the close_notify of TLS is one as well: replies end by themselves.
    if (isNetError(error) && error.code === 'NET_PROTO_INCOMPLETE') return null
    throw lossOf(error)
  }
}

/** Sends; resolves when there is room for more. Rejects with the loss. */
export async function writeTo(transport: Transport, chunks: readonly Uint8Array[]): Promise<void> {
  try {
    await transport.write(chunks)
  } catch (error) {
    throw lossOf(error)
  }
}

/** The error without the place where the transport saw it, which stays its cause. */
export function lossOf(error: unknown): unknown {
  if (!isNetError(error)) return error
  const message = MESSAGES[error.code]
  return message === undefined ? error : netError(error.code, { message, cause: error })
}

const MESSAGES: Readonly<Partial<Record<NetErrorCode, string>>> = {
  NET_CONN_CLOSED: 'the connection is gone',
  NET_CONN_RESET: 'the connection was reset',
  NET_TIMEOUT_KEEPALIVE: 'the server answers no more',
  NET_CLOSED: 'the connection is closed',
}
