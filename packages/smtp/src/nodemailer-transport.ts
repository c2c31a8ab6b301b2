/*
 * Lets programs that are written for nodemailer send over our client: its `sendMail`, templates and plugins stay, and what
 * goes over the wire is ours. Imports nothing of nodemailer.
 */

import type { Readable } from 'node:stream'

import type { Source } from '@net/core'
import { argument, option, shape } from '@net/core/authoring'

import type { SendRawOptions } from './client-options.ts'
import type { SendResult } from './send-result.ts'

/** What sends: a client or a mailer. */
export interface RawSender {
  send(raw: Source, options: SendRawOptions): Promise<SendResult>
}

/** A message of nodemailer's on its way. */
export interface NodemailerMail {
  readonly data: unknown
  readonly message: {
    getEnvelope(): { readonly from: unknown; readonly to: readonly string[] }
    messageId(): string
    createReadStream(): Readable
  }
}

/** What nodemailer tells of a message that was sent. */
export interface NodemailerInfo {
  readonly envelope: { readonly from: string; readonly to: readonly string[] }
  readonly messageId: string
  readonly accepted: readonly string[]
  readonly rejected: readonly string[]
  readonly rejectedErrors: readonly Error[]
  /** The server's last answer. */
  readonly response: string
  /** Our own result. */
  readonly result: SendResult
}

/** A transport as `createTransport` of nodemailer takes it. */
export interface NodemailerTransport {
  readonly name: string
  readonly version: string
  send(mail: NodemailerMail, done: (error: Error | null, info?: NodemailerInfo) => void): void
}

/**
 * A transport for nodemailer: `createTransport(smtp.nodemailerTransport(relay))`. `dsn` of a message is kept; a message that
 * the server refuses fails with our error. Throws `NET_BAD_OPTION`.
 */
export function nodemailerTransport(sender: RawSender): NodemailerTransport {
  argument('the argument', aSender, sender)
  return {
    name: '@net/smtp',
    version: '1',
    send(mail, done) {
      // The callback's own errors are not those of the message.
      sent(sender, mail).then(
        (info) => process.nextTick(done, null, info),
        (error: unknown) => process.nextTick(done, error),
      )
    },
  }
}

async function sent(sender: RawSender, { message, data }: NodemailerMail): Promise<NodemailerInfo> {
  const given = message.getEnvelope()
  const from = typeof given.from === 'string' ? given.from : ''
  const to = [...given.to]
  const source = message.createReadStream().on('error', () => {})
  const options = { envelope: { from, to }, ...dsnOf(data) }
  const sending = sender.send(chunksOf(source), options)
  // nodemailer closes its files only when they were read.
  const result = await sending.finally(() => source.resume())
  const { accepted, rejected, reply } = result
  return {
    envelope: { from, to },
    messageId: message.messageId(),
    accepted,
    rejected: rejected.map(({ address }) => address),
    rejectedErrors: rejected.map(({ error }) => error),
    response: `${reply.status} ${reply.text}`,
    result,
  }
}

/** The stream stays: destroyed, it would leave the files open that it is made of. What it fails with is thrown here. */
async function* chunksOf(source: Readable): AsyncGenerator<Uint8Array, void> {
  yield* source.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>
}

/** nodemailer's `dsn: { id, return, notify, recipient }`. */
function dsnOf(data: unknown): Pick<SendRawOptions, 'dsn'> {
  const dsn = option.isObject(data) ? (Reflect.get(data, 'dsn') as unknown) : undefined
  if (!option.isObject(dsn)) return {}
  const { id, return: returned, ret, notify } = dsn as Record<string, unknown>
  const wanted = word(returned ?? ret).toLowerCase()
  const list = [notify ?? []].flat().map((each) => word(each).toLowerCase())
  return {
    dsn: {
      ...(word(id) === '' ? {} : { envid: word(id) }),
      ...(wanted === '' ? {} : { return: wanted.startsWith('h') ? 'headers' : 'full' }),
      ...(list.length === 0
        ? {}
        : { notify: list.includes('never') ? 'never' : (list as ['failure']) }),
    },
  }
}

function word(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

const aSender = shape<RawSender>('a client or a mailer', (value) => {
  return option.isObject(value) && typeof Reflect.get(value, 'send') === 'function'
})
