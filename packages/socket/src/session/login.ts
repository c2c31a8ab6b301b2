/*
 * A login that asks again: the credential is asked for outside of every limit on the server, and once more if the server
 * refuses an answer. It must not know what is sent.
 */

import { isNetError, type NetError, type Secret } from '@net/core'
import {
  closedError,
  netError,
  refuseControl,
  type CredentialSource,
  type Operation,
  type Taken,
} from '@net/core/authoring'

import type { Commands } from './commands.ts'
import type { SessionConnectOptions } from './connect-options.ts'
import type { OpeningPlan } from './open.ts'
import { requireProtection } from './security.ts'

/** Who logs in. */
export interface PasswordLogin {
  readonly user: string
  readonly password: CredentialSource
  /** As `dangerouslyAllowPlaintextAuth` says. */
  readonly allowPlaintext: boolean | undefined
}

/** The login of a plan; undefined where it has neither user nor password. Throws `NET_BAD_OPTION` for one without the other. */
export function passwordLogin(
  { user, password }: Pick<OpeningPlan, 'user' | 'password'>,
  { dangerouslyAllowPlaintextAuth: allowPlaintext }: Taken<SessionConnectOptions>,
): PasswordLogin | undefined {
  if (user === undefined && password === undefined) return undefined
  if (user !== undefined && password !== undefined) return { user, password, allowPlaintext }
  throw netError('NET_BAD_OPTION', { message: 'a login needs both a user and a password' })
}

/** Where a login gets its password from. */
export interface LoginSource {
  readonly password: CredentialSource
  /** Whether the server would hear another attempt. */
  alive(): boolean
  /** Settles once it hears nothing any more. */
  readonly closed: Promise<NetError | undefined>
}

/**
 * Logs in over commands, if anybody is to log in; `tell` rejects with `NET_AUTH_REJECTED` where the server refused this
 * password. Rejects with `NET_TLS_UNAVAILABLE` before a byte of it is sent where the connection may not carry it.
 */
export async function logInOver(
  op: Operation,
  commands: Pick<Commands<unknown>, 'info' | 'ended' | 'closed'>,
  login: PasswordLogin | undefined,
  tell: (user: string, password: string) => Promise<void>,
): Promise<void> {
  if (login === undefined) return
  const { user, password, allowPlaintext } = login
  requireProtection(commands.info, allowPlaintext)
  const source = { password, alive: () => !commands.ended, closed: commands.closed }
  await logInWith(op, source, async (answer) => {
    refuseControl('password', answer.reveal())
    await tell(user, answer.reveal())
  })
}

/** Logs in; `tell` rejects with `NET_AUTH_REJECTED` where the server refused this answer. Rejects with what it throws last. */
export async function logInWith(
  op: Operation,
  source: LoginSource,
  tell: (answer: Secret) => Promise<void>,
): Promise<void> {
  const { password } = source
  for (;;) {
    // A person who is asked may take longer than the server may.
    const answer =
      password.known ??
      (await askWhileOpen(op, source.closed, (signal) => password.get({ signal })))
    try {
      await op.phase('auth', () => tell(answer))
      password.accepted(answer)
      return
    } catch (error) {
      const refused = isNetError(error) && error.code === 'NET_AUTH_REJECTED' && source.alive()
      if (!refused || !password.rejected(answer)) throw error
    }
  }
}

/** Asks the caller, for as long as the call goes on and the connection is there; a later answer would be of no use. Rejects with what ended either. */
export async function askWhileOpen<T>(
  op: Operation,
  closed: Promise<NetError | undefined>,
  ask: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const over = new AbortController()
  const forget = op.onAbort((reason) => over.abort(reason))
  let isAnswered = false
  void closed.then((error) => {
    if (!isAnswered) over.abort(error ?? closedError())
  })
  try {
    return await ask(over.signal)
  } finally {
    isAnswered = true
    forget()
  }
}
