/*
 * From a connected transport to an open session: the greeting, the capabilities, and TLS. Nothing that the server
 * said before TLS is believed afterwards. Sends no login.
 */

import type { Endpoint } from '@net/core'
import { netError, refuseControl, type ClientContext, type Operation } from '@net/core/authoring'
import { secure, type TlsOptions, type Transport } from '@net/socket'

import { parseCapabilities, type SmtpCapabilities } from './capabilities.ts'
import { replyError, unexpectedReply } from './errors.ts'
import { writeTo } from './loss.ts'
import { ReplyReader } from './reply-reader.ts'
import { formatReply, type SmtpReply } from './reply.ts'
import { securityFor, type Security } from './security.ts'
import { SmtpSession } from './session.ts'

/** How a session is to be opened. */
export interface HandshakeOptions {
  /** As the caller wants it; undefined for what is right for the connection. */
  readonly security: Security | undefined
  readonly tls: TlsOptions
  /** The name that EHLO gives; default our address. */
  readonly name?: string | undefined
  readonly client: ClientContext
}

/** Opens a session over the transport, which is gone if this rejects. */
export async function openSession(
  op: Operation,
  connected: Transport,
  options: HandshakeOptions,
): Promise<SmtpSession> {
  const handshake = new Handshake(op, connected, options)
  const forget = op.onAbort((reason) => handshake.abort(reason))
  try {
    return await handshake.run()
  } catch (error) {
    handshake.abort(error)
    throw error
  } finally {
    forget()
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

class Handshake {
  readonly #op: Operation
  readonly #options: HandshakeOptions
  readonly #security: Security
  #transport: Transport
  #reader: ReplyReader

  constructor(op: Operation, transport: Transport, options: HandshakeOptions) {
    this.#op = op
    this.#options = options
    // What was reached decides, and not what the URL says: a name may lead anywhere.
    this.#security = securityFor(transport.info, options.security)
    this.#transport = transport
    this.#reader = new ReplyReader(transport)
  }

  async run(): Promise<SmtpSession> {
    const op = this.#op
    const security = this.#security
    if (security === 'implicit') await op.phase('tls', () => this.#secure())
    await op.phase('greeting', () => this.#greeting())
    let capabilities = await op.phase('command', () => this.#introduce())
    if (security === 'required' || security === 'opportunistic') {
      const upgraded = await this.#startTls(capabilities)
      if (upgraded) capabilities = await op.phase('command', () => this.#introduce())
    }
    return new SmtpSession({ transport: this.#transport, reader: this.#reader, capabilities })
  }

  abort(reason: unknown): void {
    this.#transport.abort(reason)
  }

  async #greeting(): Promise<void> {
    const reply = await this.#reply()
    if (reply.status === 220) return
    throw reply.status < 400
      ? unexpectedReply(reply, 'instead of a greeting')
      : replyError(reply, { command: 'greeting' })
  }

  async #introduce(): Promise<SmtpCapabilities> {
    const name = introduction(this.#options.name, this.#transport.info.local)
    const reply = await this.#exchange(`EHLO ${name}`)
    if (reply.status === 250) return parseCapabilities(reply)
    if (!NO_EHLO.has(reply.status)) throw replyError(reply, { command: 'EHLO' })
    const old = await this.#exchange(`HELO ${name}`)
    if (old.status !== 250) throw replyError(old, { command: 'HELO' })
    return parseCapabilities(old)
  }

  /** Whether the connection is encrypted now; without STARTTLS only `opportunistic` goes on. */
  async #startTls({ extensions }: SmtpCapabilities): Promise<boolean> {
    // A tunnel may be encrypted as well, and a server at its end want STARTTLS all the same.
    if (this.#transport.info.tls !== undefined) return false
    if (extensions.has('STARTTLS')) {
      await this.#op.phase('tls', () => this.#upgrade())
      return true
    }
    if (this.#security === 'opportunistic') return false
    throw netError('NET_TLS_UNAVAILABLE', {
      message:
        'the server does not offer STARTTLS, or something between here and the server removed the offer',
    })
  }

  async #upgrade(): Promise<void> {
    const reply = await this.#exchange('STARTTLS')
    if (reply.status !== 220) {
      throw netError('NET_TLS_UNAVAILABLE', {
        message: `the server offers STARTTLS but answered it with ${formatReply(reply)}`,
        reply,
      })
    }
    if (this.#reader.surplus) {
      throw netError('NET_PROTO_UNEXPECTED', {
        message:
          'the server sent more than its reply to STARTTLS before TLS began; somebody may have put it in',
      })
    }
    await this.#secure()
  }

  async #secure(): Promise<void> {
    // The phase around this has the limit; a second one would race with it.
    const within = { ...this.#op.within, timeout: Infinity }
    this.#transport = await secure(this.#transport, this.#options.tls, within)
    this.#reader = new ReplyReader(this.#transport)
  }

  async #exchange(line: string): Promise<SmtpReply> {
    if (this.#reader.surplus) {
      throw netError('NET_PROTO_UNEXPECTED', {
        message: 'the server sent a reply that no command had asked for',
      })
    }
    this.#op.wire('send', () => line)
    await writeTo(this.#transport, [Buffer.from(`${line}\r\n`)])
    return this.#reply()
  }

  async #reply(): Promise<SmtpReply> {
    const reply = await this.#reader.next()
    this.#op.wire('receive', () => formatReply(reply))
    return reply
  }
}

const NO_EHLO: ReadonlySet<number> = new Set([500, 501, 502, 504])
const EHLO_NAME = /^[\w.-]{1,253}$|^\[[\da-fA-F.:IPv]{1,50}\]$/
