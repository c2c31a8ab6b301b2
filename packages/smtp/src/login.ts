/*
 * Logging in once a session is open and protected. Asks for the password outside every limit on the server, and
 * once more if the server refuses the answer of somebody who was asked.
 */

import { isNetError, type Secret } from '@net/core'
import { refuseControl, type CredentialSource, type Operation } from '@net/core/authoring'

import { chooseMechanism, plainExchange, type AuthMechanism } from './auth.ts'
import type { SmtpEngine } from './engine/nodemailer.ts'
import type { EngineRoad } from './engine-road.ts'
import { replyError } from './errors.ts'
import { requireProtection } from './security.ts'
import type { SmtpSession } from './session.ts'

/** Who logs in, and how. */
export interface LoginOptions {
  readonly user: string
  readonly password: CredentialSource
  readonly mechanisms: readonly AuthMechanism[]
  readonly allowPlaintext: boolean | undefined
}

/** What the login was made with. */
export interface LoginParts {
  readonly session: SmtpSession
  readonly engine: SmtpEngine
  readonly road: EngineRoad
}

/** Logs in. Rejects with AuthErrors, and with `NET_TLS_UNAVAILABLE` before a byte of a password is sent. */
export async function logIn(
  op: Operation,
  parts: LoginParts,
  options: LoginOptions,
): Promise<void> {
  const { session } = parts
  requireProtection(session.transport.info, options.allowPlaintext)
  const { name } = chooseMechanism(options.mechanisms, session.capabilities)
  for (;;) {
    const password = await options.password.get({ signal: op.signal })
    refuseControl('password', password.reveal())
    session.hold([password, plainExchange(options.user, password)])
    try {
      await op.phase('auth', () => attempt(parts, name, options.user, password))
      options.password.accepted(password)
      return
    } catch (error) {
      const refused = isNetError(error) && error.code === 'NET_AUTH_REJECTED' && !session.ended
      if (!refused || !options.password.rejected(password)) throw error
    }
  }
}

async function attempt(
  { session, engine, road }: LoginParts,
  mechanism: string,
  user: string,
  password: Secret,
): Promise<void> {
  try {
    await engine.login(mechanism, user, password.reveal())
  } catch (error) {
    const refusal = road.takeRefusal()
    if (refusal !== undefined) throw replyError(refusal, { command: 'AUTH' })
    throw session.failure ?? error
  }
}
