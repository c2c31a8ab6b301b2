/*
 * From a URL to a client: dialed, greeted, protected and logged in, as one operation whose parts have limits of
 * their own.
 */

import { inCall } from '@net/core/authoring'
import { opening } from '@net/socket/authoring'

import { connectOptions, type SmtpConnectOptions } from './client-options.ts'
import { ConnectedClient, type SmtpClient } from './client.ts'
import { dialSession, planOf } from './opening-plan.ts'

/**
 * Connects to `smtp://user@host:port` (587 by default), `smtps://…` (465), `lmtp://…` (24) or `unix:/path`, and logs in
 * if there is a user. Kind of call: session; phases resolve, connect, tls, greeting, command, auth. Rejects with
 * NetErrors such as `NET_CONNECT_REFUSED`, `NET_TLS_UNAVAILABLE`, `NET_TLS_CERT_UNTRUSTED`, `NET_AUTH_REJECTED`,
 * `NET_TIMEOUT_GREETING`.
 */
export async function connect(
  url: string | URL,
  options?: SmtpConnectOptions,
): Promise<SmtpClient> {
  const taken = connectOptions(options)
  const plan = inCall({ protocol: 'smtp', call: 'connect' }, () => planOf(url, taken))
  return opening(plan, async (op) => new ConnectedClient(await dialSession(op, plan), plan))
}
