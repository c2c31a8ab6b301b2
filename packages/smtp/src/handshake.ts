/*
 * From a connected transport to an open session: the greeting, the capabilities, and TLS. Nothing that the server
 * said before TLS is believed afterwards. Sends no login.
 */

import type { Endpoint } from '@net/core'
import { netError, refuseControl, type Operation } from '@net/core/authoring'
import { secure, type TlsOptions, type Transport } from '@net/socket'
import { securityFor, type Security } from '@net/socket/authoring'

import { parseCapabilities } from './capabilities.ts'
import { replyError, unexpectedReply } from './errors.ts'
import { formatReply, type SmtpReply } from './reply.ts'
import { SmtpSession } from './session.ts'

/** How a session is to be opened. */
export interface HandshakeOptions {
  /** As the caller wants it; undefined for what is right for the connection. */
  readonly security: Security | undefined
  readonly tls: TlsOptions
  /** The name that EHLO gives; default our address. */
  readonly name?: string | undefined
}

/** Opens a session over the transport, which is gone if this rejects. */
export async function openSession(
  op: Operation,
  connected: Transport,
  options: HandshakeOptions,
): Promise<SmtpSession> {
  // The phase around this has the limit; a second one would race with it.
  const protect = (transport: Transport): Promise<Transport> =>
    secure(transport, options.tls, { ...op.within, timeout: Infinity })
  // What was reached decides, and not what the URL says: a name may lead anywhere.
  const security = securityFor(connected.info, options.security)
  let session: SmtpSession | undefined
  try {
    const isImplicit = security === 'implicit'
    const transport = isImplicit ? await op.phase('tls', () => protect(connected)) : connected
    session = new SmtpSession(transport)
    const opening: Opening = { op, session, greeting: session.greeting(), protect }
    await session.during(op, () => shakeHands(opening, security, options.name))
    return session
  } catch (error) {
    session?.fail(error)
    connected.abort(error)
    throw error
  }
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

interface Opening {
  readonly op: Operation
  readonly session: SmtpSession
  readonly greeting: Promise<SmtpReply>
  readonly protect: (transport: Transport) => Promise<Transport>
}

async function shakeHands(
  opening: Opening,
  security: Security,
  name: string | undefined,
): Promise<void> {
  const { op, session, greeting } = opening
  await op.phase('greeting', async () => checkGreeting(await greeting))
  await op.phase('command', () => introduce(session, name))
  if (security !== 'required' && security !== 'opportunistic') return
  const upgraded = await startTls(opening, security)
  if (upgraded) await op.phase('command', () => introduce(session, name))
}

function checkGreeting(reply: SmtpReply): void {
  if (reply.status === 220) return
  throw reply.status < 400
    ? unexpectedReply(reply, 'instead of a greeting')
    : replyError(reply, { command: 'greeting' })
}

async function introduce(session: SmtpSession, wanted: string | undefined): Promise<void> {
  const name = introduction(wanted, session.transport.info.local)
  let reply = await session.ask(`EHLO ${name}`)
  let command = 'EHLO'
  if (NO_EHLO.has(reply.status)) {
    command = 'HELO'
    reply = await session.ask(`HELO ${name}`)
  }
  if (reply.status !== 250) throw replyError(reply, { command })
  session.capabilities = parseCapabilities(reply)
}

/** Whether the connection is encrypted now; without STARTTLS only `opportunistic` goes on. */
async function startTls(opening: Opening, security: Security): Promise<boolean> {
  const { op, session } = opening
  // A tunnel may be encrypted as well, and a server at its end want STARTTLS all the same.
  if (session.transport.info.tls !== undefined) return false
  if (session.capabilities.extensions.has('STARTTLS')) {
    await op.phase('tls', () => upgrade(opening))
    return true
  }
  if (security === 'opportunistic') return false
  throw netError('NET_TLS_UNAVAILABLE', {
    message:
      'the server does not offer STARTTLS, or something between here and the server removed the offer',
  })
}

async function upgrade({ session, protect }: Opening): Promise<void> {
  const reply = await session.ask('STARTTLS', ({ status }) => status === GO_ON)
  if (reply.status !== GO_ON) {
    throw netError('NET_TLS_UNAVAILABLE', {
      message: `the server offers STARTTLS but answered it with ${formatReply(reply)}`,
      reply,
    })
  }
  await session.upgrade(protect)
}

const GO_ON = 220
const NO_EHLO: ReadonlySet<number> = new Set([500, 501, 502, 504])
const EHLO_NAME = /^[\w.-]{1,253}$|^\[[\da-fA-F.:IPv]{1,50}\]$/
