/*
 * A message that is sent on as it is, with a block of headers before it that says who sent it on, and to whom (RFC 5322,
 * section 3.6.6). Readers show it as the first sender's.
 */

import { randomUUID } from 'node:crypto'

import { clock, option, optionsObject, shape, type Shape, type Taken } from '@net/core/authoring'

import { readOne, type Address } from './address.ts'
import { readRecipients, type Recipients } from './address-group.ts'
import type { Content, Opening } from './content.ts'
import { ContentScan } from './content-scan.ts'
import { envelopeOf, type CheckedEnvelope } from './envelope.ts'
import { HeaderWriter } from './mime/header-writer.ts'

/** Who sends a message on, and to whom. At least one of `to`, `cc` and `bcc` must have an address. */
export interface Resent {
  readonly from: Address
  /** Who does it for `from`; takes its place in the envelope. */
  readonly sender?: Address | undefined
  readonly to?: Recipients | undefined
  readonly cc?: Recipients | undefined
  /** Those who get it without the others knowing; never part of the headers. */
  readonly bcc?: Recipients | undefined
}

const recipients = shape<Recipients>(
  'an address, a group or a list of these',
  (value) => typeof value === 'string' || (typeof value === 'object' && value !== null),
)
const author = shape<Address>(
  'an address',
  (value) => typeof value === 'string' || option.isObject(value),
)

/** What `resent` may be. */
export const resentShape: Shape<Taken<Resent>> = option.either([
  optionsObject<Resent>({
    from: option.required(author),
    sender: author,
    to: recipients,
    cc: recipients,
    bcc: recipients,
  }),
])

/** A message sent on: its block of headers, and who gets it. */
export interface CheckedResent {
  readonly envelope: CheckedEnvelope
  readonly messageId: string
  readonly block: string
}

/** Checks it. Throws `NET_BAD_ADDRESS`, `NET_INJECTION` and `NET_BAD_OPTION`. */
export function checkResent(resent: Resent): CheckedResent {
  const from = readOne(resent.from, 'resent.from').parts
  const sender =
    resent.sender === undefined ? undefined : readOne(resent.sender, 'resent.sender').parts
  const to = readRecipients(resent.to, 'resent.to')
  const cc = readRecipients(resent.cc, 'resent.cc')
  const bcc = readRecipients(resent.bcc, 'resent.bcc')
  const all = [to, cc, bcc].flatMap(({ mailboxes }) => mailboxes)
  const messageId = `<${randomUUID()}@${from.address.slice(from.address.lastIndexOf('@') + 1)}>`
  const writer = new HeaderWriter()
  const date = new Date(clock().date()).toUTCString().replace('GMT', '+0000')
  const block = [
    `Resent-Date: ${date}\r\n`,
    writer.mailboxes('Resent-From', [from]),
    writer.mailboxes('Resent-Sender', sender === undefined ? [] : [sender]),
    writer.mailboxes('Resent-To', to.shown),
    writer.mailboxes('Resent-Cc', cc.shown),
    `Resent-Message-ID: ${messageId}\r\n`,
  ].join('')
  return { envelope: envelopeOf((sender ?? from).address, all), messageId, block }
}

/** The message with the block before it. */
export function withBlock(content: Content, block: string, { check }: Opening): Content {
  const bytes = Buffer.from(block, 'latin1')
  const scan = new ContentScan()
  scan.push(bytes)
  scan.end()
  check(scan.facts)
  const { content: rest, size } = content
  return {
    ...content,
    content: Buffer.isBuffer(rest) ? Buffer.concat([bytes, rest]) : before(bytes, rest),
    eightBit: content.eightBit || scan.facts.eightBit,
    utf8Headers: content.utf8Headers || scan.facts.utf8Header !== undefined,
    ...(size === undefined ? {} : { size: size + bytes.length }),
  }
}

async function* before(
  bytes: Uint8Array,
  rest: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  yield bytes
  yield* rest
}
