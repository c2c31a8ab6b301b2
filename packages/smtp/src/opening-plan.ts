/* What a URL and the options of `connect` say, checked before a byte is sent; and dialing by it. */

import { CredentialSource, netError, type Operation, type Taken } from '@net/core/authoring'
import { planOpening, type OpeningPlan } from '@net/socket/authoring'

import { checkMechanisms } from './auth/choice.ts'
import type { AuthMechanism } from './auth/mechanism.ts'
import type { SmtpConnectOptions } from './client-options.ts'
import { dkimKeys, type DkimKey } from './dkim/key.ts'
import { smtpErrors } from './errors.ts'
import { introduction, openSession, type HandshakeOptions } from './handshake.ts'
import type { LoginOptions } from './login.ts'
import type { SmtpSession } from './session.ts'

/** How connections to one server are opened. */
export interface SmtpPlan extends OpeningPlan {
  readonly handshake: HandshakeOptions
  readonly localAddress: string | undefined
  readonly dkim: readonly DkimKey[]
}

/** Reads the URL and the options. Throws `NET_BAD_URL`, `NET_BAD_OPTION` and `NET_INJECTION`. */
export function planOf(url: string | URL, options: Taken<SmtpConnectOptions>): SmtpPlan {
  const plan = planOpening(url, options, {
    protocol: 'smtp',
    errors: smtpErrors,
    schemes: ['smtp', 'smtps', 'lmtp', 'unix'],
    defaultPort: { smtp: 587, smtps: 465, lmtp: 24 },
  })
  if (plan.path !== undefined && plan.path !== '/') {
    throw netError('NET_BAD_URL', { message: 'the URL of a mail server has no path' })
  }
  const { name, security, tls, localAddress } = options
  introduction(name, undefined)
  const lmtp = isLmtp(plan.endpoint.scheme, options.protocol)
  const chunking = options.chunking ?? false
  const login = loginOf(plan, options)
  const dkim = dkimKeys(options.dkim)
  return { ...plan, handshake: { name, security, tls, login, lmtp, chunking }, localAddress, dkim }
}

/** Dials and opens a session within an operation. */
export async function dialSession(op: Operation, plan: SmtpPlan): Promise<SmtpSession> {
  const { dialer, endpoint, handshake, localAddress } = plan
  const from = localAddress === undefined ? {} : { localAddress }
  const transport = await dialer.dial(endpoint, { ...op.within, ...from })
  return openSession(op, transport, handshake)
}

function isLmtp(scheme: string, wanted: SmtpConnectOptions['protocol']): boolean {
  if (scheme === 'unix') return wanted === 'lmtp'
  const said = scheme === 'lmtp' ? 'lmtp' : 'smtp'
  if (wanted === undefined || wanted === said) return said === 'lmtp'
  throw netError('NET_BAD_OPTION', {
    message: `protocol '${wanted}' contradicts the URL, which is one of ${scheme}`,
  })
}

function loginOf(plan: OpeningPlan, options: Taken<SmtpConnectOptions>): LoginOptions | undefined {
  const { auth, token, dangerouslyAllowPlaintextAuth: allowPlaintext } = options
  const { user, password } = plan
  const mechanisms = auth === undefined ? undefined : ([auth].flat() as readonly AuthMechanism[])
  const uses = usesOf(token, password, mechanisms)
  if (uses === undefined && user === undefined) return undefined
  if (uses === undefined || (uses !== 'nothing' && user === undefined)) {
    const what = token === undefined ? 'a password' : 'a token'
    throw netError('NET_BAD_OPTION', { message: `a login needs both a user and ${what}` })
  }
  if (mechanisms !== undefined) checkMechanisms(mechanisms, uses)
  const secret = tokenSource(plan, token) ?? password
  return { user: user ?? '', secret, uses, mechanisms, allowPlaintext }
}

function tokenSource(
  { user, password, identity }: OpeningPlan,
  token: SmtpConnectOptions['token'],
): CredentialSource | undefined {
  if (token === undefined) return undefined
  if (password !== undefined) {
    throw netError('NET_BAD_OPTION', { message: 'a login needs a password or a token, not both' })
  }
  const { endpoint, client } = identity
  const subject = { what: 'token', endpoint, ...(user === undefined ? {} : { user }) } as const
  return new CredentialSource(token, subject, client.id)
}

function usesOf(
  token: unknown,
  password: unknown,
  mechanisms: readonly AuthMechanism[] | undefined,
): AuthMechanism['uses'] | undefined {
  if (token !== undefined) return 'token'
  if (password !== undefined) return 'password'
  return mechanisms?.some(({ uses }) => uses === 'nothing') === true ? 'nothing' : undefined
}
