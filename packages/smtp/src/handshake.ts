/*
 * From a connected transport to an open session: the greeting, the capabilities, TLS, and the login. Nothing that the
 * server said before TLS is believed afterwards.
 */

import type { Endpoint } from '@net/core'
import { netError, refuseControl, type Operation } from '@net/core/authoring'
import type { Transport } from '@net/socket'
import { startSession, type StartOptions } from '@net/socket/authoring'

import { NO_CAPABILITIES, parseCapabilities } from './capabilities.ts'
import { replyError, unexpectedReply } from './errors.ts'
import { logIn, type LoginOptions } from './login.ts'
import type { SmtpReply } from './reply.ts'
import { smtpRules, SmtpSession } from './session.ts'

/** How a session is to be opened. */
export interface HandshakeOptions extends StartOptions {
  /** The name that EHLO gives; default our address. */
  readonly name?: string | undefined
  readonly login?: LoginOptions | undefined
  /** Whether the server speaks LMTP (RFC 2033). */
  readonly lmtp?: boolean | undefined
  /** Whether small messages go out with their commands. */
  readonly chunking?: boolean | undefined
}

/** Opens a session over the transport, which is gone if this rejects. */
export function openSession(
  op: Operation,
  dialed: Transport,
  options: HandshakeOptions,
): Promise<SmtpSession> {
  const { name, login, lmtp = false, chunking = false } = options
  return startSession(op, dialed, options, {
    ...smtpRules,
    begin: (transport) => new SmtpSession(transport, { lmtp, chunking }),
    greeted: checkGreeting,
    startTls: {
      command: 'STARTTLS',
      async offered(session) {
        await introduce(session, name)
        return session.capabilities.extensions.has('STARTTLS')
      },
      goesOn: ({ status }) => status === GO_ON,
    },
    async enter(_, session) {
      const isIntroduced = session.capabilities !== NO_CAPABILITIES
      if (!isIntroduced) await op.phase('command', () => introduce(session, name))
      if (login !== undefined) await logIn(op, session, login)
    },
  })
}

/** The name for EHLO: what the caller wants, or our address as a literal (RFC 5321, section 4.1.3). Throws `NET_BAD_OPTION`. */
export function introduction(wanted: string | undefined, local: Endpoint | undefined): string {
  if (wanted !== undefined) {
    refuseControl('name', wanted)
    if (EHLO_NAME.test(wanted)) return wanted
    throw netError('NET_BAD_OPTION', {
      message: 'name must be a host name or an address in brackets',
    })
  }
  const host = local?.host ?? ''
  if (host === '') return 'localhost'
  return host.includes(':') ? `[IPv6:${host.replace(/%.*$/, '')}]` : `[${host}]`
}

function checkGreeting(reply: SmtpReply): void {
  if (reply.status === 220) return
  throw reply.status < 400
    ? unexpectedReply(reply, 'instead of a greeting')
    : replyError(reply, { command: 'greeting' })
}

async function introduce(session: SmtpSession, wanted: string | undefined): Promise<void> {
  const name = introduction(wanted, session.transport.info.local)
  let command = session.lmtp ? 'LHLO' : 'EHLO'
  let reply = await session.ask(`${command} ${name}`)
  if (NO_EHLO.has(reply.status) && !session.lmtp) {
    command = 'HELO'
    reply = await session.ask(`HELO ${name}`)
  }
  if (reply.status !== 250) throw replyError(reply, { command })
  session.capabilities = parseCapabilities(reply)
}

const GO_ON = 220
const NO_EHLO: ReadonlySet<number> = new Set([500, 501, 502, 504])
const EHLO_NAME = /^[\w.-]{1,253}$|^\[[\da-fA-F.:IPv]{1,50}\]$/
