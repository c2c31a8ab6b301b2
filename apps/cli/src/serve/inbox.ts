/* The mail that a server for tests has got, in the browser and as JSON. Text of mails is text here, never HTML. */

import { startHttpServer, type HttpServer, type Reply } from '@net/http/testing'
import type { ReceivedMail, SmtpServer } from '@net/smtp/testing'

import { escapedHtml } from './folder-routes.ts'

/** Serves the inbox: `/` for people, `/messages` for programs, `/messages/1` one mail as it came. */
export async function startInbox(server: SmtpServer): Promise<HttpServer> {
  const { mailbox } = server
  return startHttpServer({
    routes: {
      '/': () => page(mailbox.messages),
      '/messages': () => ({ json: mailbox.messages.map(summaryOf) }),
      '/messages/*': ({ path }) => rawMail(mailbox.messages[Number(path.split('/').at(-1)) - 1]),
    },
  })
}

function summaryOf(mail: ReceivedMail, at: number): object {
  const { parsed, envelope, user, secure } = mail
  const { subject, text, html, attachments } = parsed
  return {
    id: at + 1,
    from: envelope.from,
    to: envelope.to,
    subject,
    text,
    html,
    attachments: attachments.map(({ name, type, content }) => ({
      name,
      type,
      size: content.length,
    })),
    user,
    secure,
  }
}

function rawMail(mail: ReceivedMail | undefined): Reply {
  if (mail === undefined) return { status: 404, body: 'no such mail\n' }
  return { headers: { ...SAFE, 'content-type': 'text/plain; charset=utf-8' }, body: mail.raw }
}

function page(messages: readonly ReceivedMail[]): Reply {
  const rows = messages.map(({ envelope, parsed }, at) => {
    const cells = [envelope.from, envelope.to.join(', '), parsed.subject, parsed.text ?? ''].map(
      (cell) => `<td><pre>${escapedHtml(cell)}</pre></td>`,
    )
    return `<tr><td><a href="/messages/${at + 1}">${at + 1}</a></td>${cells.join('')}</tr>`
  })
  const head = ['', 'from', 'to', 'subject', 'text'].map((name) => `<th>${name}</th>`).join('')
  return {
    headers: { ...SAFE, 'content-type': 'text/html; charset=utf-8' },
    body: `<!doctype html><meta http-equiv="refresh" content="2"><title>Inbox</title><h1>${messages.length} mails</h1><table><tr>${head}</tr>${rows.join('\n')}</table>\n`,
  }
}

const SAFE = {
  'content-security-policy': "default-src 'none'",
  'x-content-type-options': 'nosniff',
}
