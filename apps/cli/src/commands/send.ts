/* `net send`: sends a mail through a server. */

import { readFile } from 'node:fs/promises'
import { text as readAll } from 'node:stream/consumers'

import type { Message, SendResult, SmtpConnectOptions } from '@net/smtp'

import { serverOf } from '../address.ts'
import type { Call, CommandRun } from '../call.ts'
import { callOptions, clientDefaults, tlsOptions } from '../connect-options.ts'
import { errorEvent, messageOf } from '../output/error-page.ts'
import type { JsonEvent } from '../output/output.ts'
import { Session } from '../session.ts'
import { checkedUser, passwordFor } from '../secrets.ts'
import { UsageError } from '../usage-error.ts'

/** One message; a recipient who is refused makes the exit code 1 if others were taken. */
export const send: CommandRun = async (call) => {
  const { output, signal } = call
  const url = call.args[0] ?? ''
  const envelope = addressesOf(call)
  const smtp = await import('@net/smtp')
  await using session = new Session(call)
  const message = { ...envelope, ...(await contentOf(call, smtp)) }
  await using server = await smtp.connect(url, await connectOptions(call, session, url))
  const result = await server.send(message, { signal })
  for (const { address, error } of result.rejected) {
    output.complain(`net send: ${address}: ${messageOf(error)}`)
  }
  await output.event(eventOf(result))
  output.note(`accepted for ${result.accepted.join(', ')}`)
  return result.rejected.length === 0 ? 0 : 1
}

function addressesOf({ options }: Call): Pick<Message, 'from' | 'to' | 'cc' | 'bcc'> {
  const { from, to = [], cc = [], bcc = [] } = options
  if (from === undefined) throw new UsageError('--from is missing')
  if (to.length + cc.length + bcc.length === 0) throw new UsageError('--to is missing')
  return { from, to, cc, bcc }
}

async function contentOf(
  call: Call,
  smtp: typeof import('@net/smtp'),
): Promise<Omit<Message, 'from' | 'to' | 'cc' | 'bcc'>> {
  const { subject, text, html, header = [], attach = [] } = call.options
  return {
    subject,
    text: text === undefined ? await inputText(call) : await textOf(text),
    ...(html === undefined ? {} : { html: await textOf(html) }),
    headers: headersOf(header),
    attachments: attach.map((file) => smtp.attach(smtp.fromFile(file))),
  }
}

function eventOf({ delivery, accepted, rejected, messageId, reply }: SendResult): JsonEvent {
  return {
    type: 'sent',
    delivery,
    accepted,
    rejected: rejected.map(({ address, error }) => ({ address, error: errorEvent(error) })),
    messageId,
    reply: reply.text,
  }
}

async function connectOptions(
  call: Call,
  session: Session,
  url: string,
): Promise<SmtpConnectOptions> {
  const { endpoint, user: named } = serverOf(url, {
    schemes: ['smtp', 'smtps', 'lmtp'],
    defaultPort: { smtp: 587, smtps: 465, lmtp: 24 },
  })
  const user = named ?? checkedUser(call.options.user)
  const tls = await tlsOptions(call)
  const { dangerouslyAllowPlaintextAuth } = call.options
  const asker = { host: endpoint.host, user, role: 'only' } as const
  return {
    ...callOptions(call),
    ...(await session.road()),
    ...(user === undefined ? {} : { user, password: await passwordFor(call, asker) }),
    ...(tls === undefined ? {} : { tls }),
    ...(dangerouslyAllowPlaintextAuth === true ? { dangerouslyAllowPlaintextAuth } : {}),
    defaults: clientDefaults(call),
  }
}

async function inputText({ io, output }: Call): Promise<string> {
  if (io.stdin.isTTY === true) output.note('the text, and Ctrl-D at its end:')
  return readAll(io.stdin)
}

/** `@file` stands for what the file has. */
async function textOf(given: string): Promise<string> {
  return given.startsWith('@') ? readFile(given.slice(1), 'utf8') : given
}

/** Several lines of one name are all sent. */
function headersOf(lines: readonly string[]): Readonly<Record<string, readonly string[]>> {
  const headers = new Map<string, string[]>()
  for (const line of lines) {
    const colon = line.indexOf(':')
    if (colon < 1) throw new UsageError(`${line} is no header field: give Name: value`)
    const name = line.slice(0, colon)
    headers.set(name, [...(headers.get(name) ?? []), line.slice(colon + 1).trim()])
  }
  return Object.fromEntries(headers)
}
