/* What can be asked of a server beside sending: whom it knows, its help, and commands that only the caller knows. */

import { netError, type Operation } from '@net/core/authoring'

import { isInternational, readOne, type Address } from './address.ts'
import { replyError } from './errors.ts'
import type { SmtpReply } from './reply.ts'
import type { SmtpSession } from './session.ts'

/** What a server says about an address (RFC 5321, section 3.5). */
export interface Verification {
  /** Whether the server vouches for the mailbox (250, 251), or takes its mail without saying more (252). */
  readonly known: boolean
  /** The mailboxes that it names, each as it wrote it. */
  readonly mailboxes: readonly string[]
  readonly reply: SmtpReply
}

/** A command and its reply, within an operation. */
export type Ask<T> = (session: SmtpSession, op: Operation) => Promise<T>

/** VRFY for an address. Throws as `parseAddress`. */
export function verifying(address: Address): Ask<Verification> {
  const { parts } = readOne(address, 'address')
  return async (session, op) => {
    const utf8 = internationalFor(session, parts.address)
    const reply = await asked(session, op, `VRFY ${parts.address}${utf8}`)
    return { known: reply.status !== CANNOT_SAY, mailboxes: mailboxesIn(reply), reply }
  }
}

/** EXPN for a list. Throws `NET_BAD_OPTION`. */
export function expanding(list: string): Ask<readonly string[]> {
  const name = word('list', list)
  return async (session, op) => {
    const utf8 = internationalFor(session, name)
    return mailboxesIn(await asked(session, op, `EXPN ${name}${utf8}`))
  }
}

/** HELP, for a topic or in general. Throws `NET_BAD_OPTION`. */
export function helping(topic: string | undefined): Ask<string> {
  const about = topic === undefined ? '' : ` ${word('topic', topic)}`
  return async (session, op) => (await asked(session, op, `HELP${about}`)).text
}

/** A command of the caller's. Throws `NET_BAD_OPTION` for those that only the client may send. */
export function commanding(line: string): Ask<SmtpReply> {
  const command = word('command', line)
  const [verb = ''] = command.split(' ')
  if (OURS.has(verb.toUpperCase())) {
    throw netError('NET_BAD_OPTION', {
      message: `${verb.toUpperCase()} changes what the connection means, and is not for command()`,
    })
  }
  return (session, op) =>
    op.phase('command', async () => {
      // It may have begun a transaction, or have left one half done.
      session.unclean = true
      const reply = await session.ask(command)
      if (reply.status === LEAVES) session.lose(replyError(reply, { command: verb }))
      return reply
    })
}

async function asked(session: SmtpSession, op: Operation, line: string): Promise<SmtpReply> {
  const [command = ''] = line.split(' ')
  const reply = await op.phase('command', () => session.ask(line))
  if (reply.status < 300) return reply
  const error = replyError(reply, { command })
  if (reply.status === LEAVES) session.lose(error)
  throw error
}

/** The mailboxes of a reply, one a line. */
function mailboxesIn({ text }: SmtpReply): readonly string[] {
  return text.split('\n').flatMap((line) => {
    const bracketed = /<([^<>\s]+@[^<>\s]+)>/.exec(line)
    if (bracketed !== null) return [line.trim()]
    const plain = /(?:^|\s)([^\s<>]+@[^\s<>]+)/.exec(line)?.[1]
    return plain === undefined ? [] : [plain]
  })
}

function internationalFor({ capabilities }: SmtpSession, text: string): string {
  if (!isInternational(text)) return ''
  if (capabilities.extensions.has('SMTPUTF8')) return ' SMTPUTF8'
  throw netError('NET_UNSUPPORTED', {
    message: 'the server supports ASCII addresses only (it has no SMTPUTF8)',
  })
}

/** One line that is no more than one. */
function word(name: string, text: unknown): string {
  if (typeof text === 'string' && /^[^\p{Cc}\s][^\p{Cc}]{0,900}$/u.test(text)) return text
  if (typeof text === 'string' && /\p{Cc}/u.test(text)) {
    throw netError('NET_INJECTION', { message: `${name} contains a control character` })
  }
  throw netError('NET_BAD_OPTION', { message: `${name} must be a text of one line` })
}

const CANNOT_SAY = 252
const LEAVES = 421
const OURS: ReadonlySet<string> = new Set([
  'DATA',
  'BDAT',
  'STARTTLS',
  'AUTH',
  'QUIT',
  'EHLO',
  'LHLO',
  'HELO',
])
