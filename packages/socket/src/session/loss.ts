/*
 * What the loss of a connection is called: an error of the call that it took with it, not of the transport's own read
 * or write, which knows neither the call nor its phase.
 */

import { ConnectionLostError, isNetError, type NetError, type NetErrorCode } from '@net/core'
import { closedError, codes, netError, translate, type ErrorTable } from '@net/core/authoring'

/** Whose connection was lost. */
export interface LossPlace {
  readonly protocol: string
  readonly errors: ErrorTable
  /** What was lost: `the control connection`. */
  readonly what: string
  /** Whether the error keeps the phase that the transport was in; where replies are read all the time, that says nothing. */
  readonly keepsPhase?: boolean
}

/** The error for what a read or write of a transport threw; errors of the protocol itself pass. */
export function lossOf(thrown: unknown, place: LossPlace): NetError {
  const { protocol, errors, what, keepsPhase = false } = place
  if (!isNetError(thrown)) return translate(thrown, errors, { protocol })
  if (thrown.protocol === undefined || thrown.protocol === protocol) return thrown
  const phase = keepsPhase && thrown.phase !== undefined ? { phase: thrown.phase } : {}
  const message = `${what} ${WHAT[thrown.code] ?? 'failed'}`
  return netError(thrown.code, { message, cause: thrown, ...phase })
}

/** As `lossOf`, where only a loss is to be told so: a certificate that was refused stays what it is. */
export function lossInHandshake(thrown: unknown, place: LossPlace): unknown {
  return isNetError(thrown) && thrown instanceof ConnectionLostError
    ? lossOf(thrown, place)
    : thrown
}

/** Whether the peer has ended, though without the close_notify of TLS: an end for those who do without that word. */
export function isEnd(error: unknown): boolean {
  return isNetError(error) && error.code === 'NET_PROTO_INCOMPLETE' && error.protocol === 'tls'
}

/**
 * The error for a call that finds its session over: nothing was sent, so that it may be repeated over another one.
 * `cause` is what ended the session; undefined where that was its client.
 */
export function endedBefore(cause: NetError | undefined): NetError {
  if (cause === undefined || cause.code === 'NET_CLOSED') {
    return closedError(cause)
  }
  if (STOPPED_BY_US.has(cause.code)) {
    const message =
      'an earlier call was stopped in the middle, which ended the connection; connect again'
    return netError('NET_CLOSED', { message, cause, retry: 'safe' })
  }
  const code = codes[cause.code].class === 'ConnectionLostError' ? cause.code : 'NET_CONN_CLOSED'
  const { reply } = cause
  return netError(code, {
    message: `the connection was lost before this call, so nothing was sent; connect again: ${whatHappened(cause)}`,
    cause,
    retry: 'safe',
    reply,
  })
}

/** The message of an error without the call that it stands for. */
export function whatHappened(error: NetError): string {
  const { what } = error.toJSON()
  return typeof what === 'string' ? what : error.message
}

const STOPPED_BY_US: ReadonlySet<NetErrorCode> = new Set(['NET_ABORTED', 'NET_TIMEOUT_TOTAL'])
const WHAT: Readonly<Record<string, string>> = {
  NET_CONN_CLOSED: 'was closed',
  NET_CONN_RESET: 'was reset',
  NET_CLOSED: 'is closed',
  NET_PROTO_INCOMPLETE:
    'ended without the close_notify of TLS, so something may be missing; ' +
    'for a server that never sends it there is tls: { dangerouslyAllowTruncation: true }',
  NET_TIMEOUT_KEEPALIVE: 'is dead: the server answers no more',
}
