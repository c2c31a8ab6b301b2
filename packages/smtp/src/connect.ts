/*
 * From a URL to a client: dialed, greeted, protected and logged in, as one operation whose parts have limits of
 * their own.
 */

import { inCall, netError, type Taken } from '@net/core/authoring'
import { opening, passwordLogin, planOpening, type OpeningPlan } from '@net/socket/authoring'

import { defaultMechanisms, type AuthMechanism } from './auth.ts'
import { connectOptions, type SmtpConnectOptions } from './client-options.ts'
import { ConnectedClient, type SmtpClient } from './client.ts'
import { smtpErrors } from './engine/nodemailer-errors.ts'
import { introduction, openSession, type HandshakeOptions } from './handshake.ts'
import type { LoginOptions } from './login.ts'

/**
 * Connects to `smtp://user@host:port` (587 by default), `smtps://…` (465) or `unix:/path`, and logs in if there is a
 * user. Kind of call: session; phases resolve, connect, tls, greeting, command, auth. Rejects with NetErrors such as
 * `NET_CONNECT_REFUSED`, `NET_TLS_UNAVAILABLE`, `NET_TLS_CERT_UNTRUSTED`, `NET_AUTH_REJECTED`, `NET_TIMEOUT_GREETING`.
 */
export async function connect(
  url: string | URL,
  options?: SmtpConnectOptions,
): Promise<SmtpClient> {
  const taken = connectOptions(options)
  const plan = inCall({ protocol: 'smtp', call: 'connect' }, () => planOf(url, taken))
  const { localAddress } = taken
  return opening(plan, async (op) => {
    const from = localAddress === undefined ? {} : { localAddress }
    const transport = await plan.dialer.dial(plan.endpoint, { ...op.within, ...from })
    return new ConnectedClient(await openSession(op, transport, plan.handshake), plan.identity)
  })
}

interface Plan extends OpeningPlan {
  readonly handshake: HandshakeOptions
}

function planOf(url: string | URL, options: Taken<SmtpConnectOptions>): Plan {
  if (/^lmtp:/i.test(String(url))) {
    throw netError('NET_BAD_URL', {
      message:
        'LMTP is not supported; mail goes to the SMTP port of a server, by smtp:// or smtps://',
    })
  }
  const plan = planOpening(url, options, {
    protocol: 'smtp',
    errors: smtpErrors,
    schemes: ['smtp', 'smtps', 'unix'],
    defaultPort: { smtp: 587, smtps: 465 },
  })
  if (plan.path !== undefined && plan.path !== '/') {
    throw netError('NET_BAD_URL', { message: 'the URL of a mail server has no path' })
  }
  const { name, security, tls } = options
  introduction(name, undefined)
  return { ...plan, handshake: { name, security, tls, login: loginOf(plan, options) } }
}

function loginOf(plan: OpeningPlan, options: Taken<SmtpConnectOptions>): LoginOptions | undefined {
  const login = passwordLogin(plan, options)
  return login && { ...login, mechanisms: mechanismsOf(options.auth) }
}

function mechanismsOf(auth: SmtpConnectOptions['auth']): readonly AuthMechanism[] {
  if (auth === undefined) return defaultMechanisms()
  const list = [auth].flat() as readonly AuthMechanism[]
  if (list.length > 0) return list
  throw netError('NET_BAD_OPTION', { message: 'auth must name a mechanism' })
}
