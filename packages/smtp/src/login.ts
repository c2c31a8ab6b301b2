/*
 * Logging in once a session is open and protected: which mechanisms are tried, and what a refusal means.
 */

import type { NetError, Secret } from '@net/core'
import { netError, refuseControl, type CredentialSource, type Operation } from '@net/core/authoring'
import { logInWith, requireProtection, whatHappened } from '@net/socket/authoring'

import {
  chooseMechanisms,
  linesOf,
  plainExchange,
  refusesMechanism,
  type AuthMechanism,
} from './auth.ts'
import { replyError } from './errors.ts'
import type { SmtpReply } from './reply.ts'
import type { SmtpSession } from './session.ts'

/** Who logs in, and how. */
export interface LoginOptions {
  readonly user: string
  readonly password: CredentialSource
  readonly mechanisms: readonly AuthMechanism[]
  readonly allowPlaintext: boolean | undefined
}

/**
 * Logs in by the first mechanism that the server takes. Rejects with AuthErrors, and with `NET_TLS_UNAVAILABLE` before a
 * byte of a password is sent.
 */
export async function logIn(
  op: Operation,
  session: SmtpSession,
  options: LoginOptions,
): Promise<void> {
  requireProtection(session.transport.info, options.allowPlaintext)
  const mechanisms = [...chooseMechanisms(options.mechanisms, session.capabilities)]
  const source = {
    password: options.password,
    alive: () => !session.ended,
    closed: session.closed,
  }
  await logInWith(op, source, (password) => {
    refuseControl('password', password.reveal())
    session.hold([password, plainExchange(options.user, password)])
    return tryEach(mechanisms, session, { user: options.user, password })
  })
}

interface Login {
  readonly user: string
  readonly password: Secret
}

/** Tries one mechanism after the other; those that the server does not take are gone from the list afterwards. */
async function tryEach(
  mechanisms: AuthMechanism[],
  session: SmtpSession,
  login: Login,
): Promise<void> {
  const errors: NetError[] = []
  for (;;) {
    const [mechanism] = mechanisms
    if (mechanism === undefined) throw noneTaken(errors)
    const refusal = await attempt(session, mechanism, login)
    if (refusal === undefined) return
    const error = replyError(refusal, { command: 'AUTH' })
    if (!refusesMechanism(refusal) || session.ended) throw error
    errors.push(error)
    mechanisms.shift()
  }
}

/** Resolves to the reply that refused; undefined once we are in. */
async function attempt(
  session: SmtpSession,
  mechanism: AuthMechanism,
  { user, password }: Login,
): Promise<SmtpReply | undefined> {
  let reply: SmtpReply | undefined
  for (const { line, shown } of linesOf(mechanism, user, password)) {
    if (reply !== undefined && reply.status !== GO_ON) return reply
    reply = await session.confide(line, shown)
  }
  // What it still wants to hear no mechanism of ours says; an asterisk ends the login (RFC 4954, section 4).
  if (reply?.status === GO_ON) return session.ask('*')
  return reply !== undefined && reply.status < 300 ? undefined : reply
}

function noneTaken(errors: readonly NetError[]): NetError {
  const last = errors.at(-1)
  if (last === undefined || errors.length === 1) return last as NetError
  const { reply } = last
  return netError('NET_AUTH_NO_METHOD', {
    message: `the server refused all ${errors.length} login mechanisms that both sides support; the last one: ${whatHappened(last)}`,
    errors,
    reply,
  })
}

const GO_ON = 334
