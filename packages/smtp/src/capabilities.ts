/*
 * What a server says that it can do, read from its reply to EHLO (RFC 5321, section 4.1.1.1). What was said before
 * TLS began is read the same way and thrown away by those who ask.
 */

import type { SmtpReply } from './reply.ts'

/** What a server can do. */
export interface SmtpCapabilities {
  /** The name by which the server introduces itself. */
  readonly name: string
  /** Every extension in capitals, with its parameters as the server wrote them. */
  readonly extensions: ReadonlyMap<string, string>
  /** The login mechanisms in capitals, in the server's order (RFC 4954). */
  readonly mechanisms: readonly string[]
  /** The largest message in bytes (SIZE, RFC 1870); absent if the server names none. */
  readonly maxSize?: number
  /** How many recipients a message may have at once (LIMITS, RFC 9422); absent if the server does not say. */
  readonly maxRecipients?: number
}

/** Those of a server that was not asked yet. */
export const NO_CAPABILITIES: SmtpCapabilities = Object.freeze({
  name: '',
  extensions: new Map<string, string>(),
  mechanisms: Object.freeze([]),
})

/** What the reply to EHLO or HELO offers. */
export function parseCapabilities(reply: SmtpReply): SmtpCapabilities {
  const [first = '', ...lines] = reply.text.split('\n')
  const { extensions, mechanisms } = read(lines)
  const size = Number(extensions.get('SIZE') ?? '')
  const recipients = Number(/\bRCPTMAX=(\d{1,6})\b/i.exec(extensions.get('LIMITS') ?? '')?.[1])
  return Object.freeze({
    name: first.split(' ')[0] ?? '',
    extensions,
    mechanisms: Object.freeze([...mechanisms]),
    ...(Number.isSafeInteger(size) && size > 0 ? { maxSize: size } : {}),
    ...(recipients > 0 ? { maxRecipients: recipients } : {}),
  })
}

function read(lines: readonly string[]): {
  readonly extensions: Map<string, string>
  readonly mechanisms: Set<string>
} {
  const extensions = new Map<string, string>()
  const mechanisms = new Set<string>()
  for (const line of lines) {
    // Some servers write `AUTH=LOGIN` for clients of the last century.
    const [, keyword = '', parameters = ''] = EXTENSION.exec(line) ?? []
    if (keyword === '') continue
    const name = keyword.toUpperCase()
    extensions.set(name, parameters.trim())
    if (name !== 'AUTH') continue
    for (const each of parameters.split(/[\s=]+/))
      if (each !== '') mechanisms.add(each.toUpperCase())
  }
  return { extensions, mechanisms }
}

const EXTENSION = /^([A-Za-z0-9][A-Za-z0-9-]*)(?:[ =](.*))?$/s
