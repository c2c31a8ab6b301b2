/* The errors of calls that wait for a connection that is gone. */

import { isNetError, type NetError } from '@net/core'
import { netError, translate } from '@net/core/authoring'

import { SshHostKeyError } from '../errors.ts'
import type { IdentificationReader } from '../identification.ts'
import { sshErrors } from './ssh2-errors.ts'

/** An error of its own for each call: what is added to one must not show in another. */
export function lossForWaits(failure: Error | undefined, ours: boolean): NetError {
  if (failure !== undefined) {
    return isNetError(failure) ? copyOf(failure) : translate(failure, sshErrors, {})
  }
  return ours
    ? netError('NET_CLOSED', { message: 'the connection was closed on our side' })
    : netError('NET_CONN_CLOSED', { message: 'the server closed the connection' })
}

/** What a peer said before it left says more than that it left. */
export function earlyEnd(error: Error | undefined, reader: IdentificationReader): Error {
  if (error === undefined || error.message.startsWith('Connection lost')) return reader.ended()
  // A server that does not read what we said of ourselves resets the connection behind its last words.
  return reader.heard && Reflect.get(error, 'code') === 'ECONNRESET' ? reader.ended() : error
}

function copyOf(error: NetError): NetError {
  // Only the handshake sees it, and no plain copy has its fingerprints.
  if (error instanceof SshHostKeyError) return error
  const { code, message, retry, limit, reply, cause } = error
  return netError(code, {
    message,
    retry,
    limit,
    reply,
    cause,
  })
}
