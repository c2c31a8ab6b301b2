// Reports of deliveries (RFC 3464) as servers write them, which go out as they are.
import type { Random } from '../../soak/random.ts'
import { AUTHOR, READER } from './headers.ts'
import type { CorpusMail, StoredMail } from './message.ts'
import { leaf, numbered, textLeaf, together, type PartDraft } from './parts.ts'
import { lines } from './words.ts'

/** What a server says of some deliveries. */
export interface Status {
  readonly text: string
  readonly addresses: readonly string[]
}

/** What a server says of one to three deliveries. */
export function statusByLot(random: Random): Status {
  const addresses = Array.from({ length: 1 + random.below(3) }, (_, at) => `gone${at}@example.org`)
  const groups = addresses.map((address) => {
    const said = `550 5.1.1 <${address}>:\n ${' no such user'.repeat(random.below(8))} here`
    return `Final-Recipient: rfc822; ${address}\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; ${said}\n`
  })
  const text = ['Reporting-MTA: dns; mx.example.org\nX-Queue: 4F1\n', ...groups].join('\n')
  return { text, addresses }
}

/** A report, in half of the cases within what a mailing list makes of it. */
export function reportByLot(id: string, random: Random, stored: readonly StoredMail[]): CorpusMail {
  const text = `First. ${lines(random, 1 + random.below(10))}\n`
  const status = statusByLot(random)
  const returned = returnedByLot(random, stored)
  const report = multipart(id, 'report', '; report-type=delivery-status', [
    {
      draft: textLeaf('text/plain', text),
      head: 'Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit',
      body: bytes(text),
    },
    {
      draft: leaf('message/delivery-status', Buffer.from(status.text)),
      head: 'Content-Type: message/delivery-status',
      body: status.text,
    },
    returned,
  ])
  const root = random.chance(0.5) ? report : multipart(id, 'mixed', '', [report, FOOTER])
  const date = new Date(1000 * random.below(4_000_000_000))
  const head = [
    `From: <${AUTHOR}>`,
    `To: ${READER}`,
    'Subject: Undelivered Mail Returned to Sender',
    `Message-ID: ${id}`,
    `Date: ${date.toUTCString()}`,
    'MIME-Version: 1.0',
    root.head,
  ].join('\n')
  const raw = `${head}\n\n${root.body}`
  return {
    id,
    content: Buffer.from(random.chance(0.5) ? raw : raw.replaceAll('\n', '\r\n'), 'latin1'),
    facts: {
      id,
      subject: 'Undelivered Mail Returned to Sender',
      from: [['', AUTHOR]],
      to: [['', READER]],
      cc: [],
      replyTo: [],
      date: date.toISOString(),
      inReplyTo: null,
      references: [],
      long: '',
      text,
      html: null,
      parts: numbered(root.draft),
    },
    reported: status.addresses,
  }
}

/** A part as it is written, with its bytes as characters. */
interface WrittenPart {
  readonly draft: PartDraft
  readonly head: string
  readonly body: string
}

/** The message that comes back, or its headers. */
function returnedByLot(random: Random, stored: readonly StoredMail[]): WrittenPart {
  const message = stored[random.below(2 * stored.length)]
  if (message === undefined) {
    const body = 'From: ada@example.com\nSubject: x\nMessage-ID: <lost@example.com>\n'
    return {
      draft: leaf('text/rfc822-headers', Buffer.from(body)),
      head: 'Content-Type: text/rfc822-headers',
      body,
    }
  }
  const given = { disposition: 'attachment', message: message.facts }
  return {
    draft: leaf('message/rfc822', message.raw, given),
    head: 'Content-Type: message/rfc822\nContent-Disposition: attachment\nContent-Transfer-Encoding: 8bit',
    body: message.raw.toString('latin1'),
  }
}

function multipart(
  id: string,
  kind: 'mixed' | 'report',
  parameters: string,
  parts: readonly WrittenPart[],
): WrittenPart {
  const boundary = `=_${kind}/${id.slice(1, -1)}`
  const body = parts.map((part) => `--${boundary}\n${part.head}\n\n${part.body}\n`)
  return {
    draft: together(
      kind,
      parts.map(({ draft }) => draft),
    ),
    head: `Content-Type: multipart/${kind}${parameters};\n boundary="${boundary}"`,
    body: `This has several parts.\n${body.join('')}--${boundary}--\n\nThe end.\n`,
  }
}

function bytes(text: string): string {
  return Buffer.from(text).toString('latin1')
}

const FOOTER: WrittenPart = {
  draft: leaf('text/plain', Buffer.from('the list'), { disposition: 'attachment' }),
  head: 'Content-Type: text/plain\nContent-Disposition: attachment',
  body: 'the list',
}
