// 300 messages of every kind through a real Postfix, read back by Python's email package, by mailparser and by our own parser.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as smtp from '@net/smtp'
import { createCertificates } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { temporaryFolder } from './child.ts'
import { AUTHOR, READER } from './corpus/headers.ts'
import { forwarded, largeFile, type Attached } from './corpus/attached.ts'
import {
  factsByMailparser,
  factsByPython,
  factsByUs,
  toldByMailparser,
  type MailFacts,
} from './corpus/facts.ts'
import { corpusMail, mailWith } from './corpus/mail.ts'
import type { CorpusMail, StoredMail, Surroundings } from './corpus/message.ts'
import { requireDaemon } from './daemon.ts'
import { requirePostfix, startPostfix } from './postfix.ts'
import { judged, signing } from './signing.ts'

const authority = createCertificates()
const login = { tls: { ca: authority.ca }, user: 'ada', password: 'lovelace' }

test('300 messages of every kind arrive as they were sent, for Python, mailparser and our own parser', async (context) => {
  requirePostfix(context)
  const python = requireDaemon(context, 'python3')
  using folder = temporaryFolder('corpus')
  await using postfix = await startPostfix({
    authority: authority.ca,
    certificate: authority.issue(),
    users: { ada: 'lovelace' },
    mailboxes: ['charles'],
  })
  await using dotted = smtp.createMailer(postfix.url, login)
  const { dkim, records } = signing()
  await using chunked = smtp.createMailer(postfix.url, { ...login, chunking: true, dkim })
  const sent = new Map<string, CorpusMail>()
  const stored: StoredMail[] = []
  const paths: string[] = []
  // Those of a round may have those of the rounds before within them.
  for (let round = 0; round < ROUNDS; round++) {
    const around = { folder: folder.path, stored: stored.filter((_, number) => !isLarge(number)) }
    const mails = Array.from({ length: PER_ROUND }, (_, at) => {
      const number = round * PER_ROUND + at
      return isLarge(number)
        ? mailWith(number, [large(number, around, stored[0])])
        : corpusMail(number, around)
    })
    for (const mail of mails) sent.set(mail.id, mail)
    await Promise.all(mails.map((mail, at) => deliver(at % 2 === 0 ? dotted : chunked, mail)))
    for (let left = mails.length; left > 0; left--) {
      const raw = await postfix.delivered('charles')
      const mail = smtp.parseMessage(raw)
      const { facts, reported } = sent.get(String(mail.messageId)) as CorpusMail
      expect(factsByUs(mail)).toEqual(facts)
      expect(mail.defects).toEqual([])
      expect(mail.report?.recipients.map(({ address }) => address) ?? []).toEqual(reported)
      const isSigned = numberOf(mail) % 2 === 1
      expect(await judged(asSent(raw), records)).toEqual(isSigned ? ['pass', 'pass'] : ['none'])
      expect(await factsByMailparser(raw)).toEqual(toldByMailparser(facts))
      stored[numberOf(mail)] = { raw, facts }
      paths.push(join(folder.path, `${paths.length}.eml`))
      writeFileSync(paths.at(-1) as string, raw)
    }
  }
  const read = await factsByPython(python, paths)
  expect(read).toHaveLength(ROUNDS * PER_ROUND)
  for (const facts of read) expect(facts).toEqual(sent.get(facts.id)?.facts)
  const kinds = new Set([...sent.values()].flatMap(({ facts }) => kindsOf(facts)))
  expect(EVERY_KIND.filter((kind) => !kinds.has(kind))).toEqual([])
}, 300_000)

/** The types of its parts; of those within a message behind the type of that one. */
function kindsOf({ parts }: MailFacts): readonly string[] {
  return parts.flatMap(({ type, message }) => [
    type,
    ...(message === null ? [] : kindsOf(message).map((kind) => `${type} ${kind}`)),
  ])
}

/** A file of 20 MB, or a message that has one. */
function large(number: number, around: Surroundings, other: StoredMail | undefined): Attached {
  const isForwarded = number % 2 === 1 && other !== undefined
  return isForwarded ? forwarded(other) : largeFile(number, around)
}

/** With the ends of lines that it was signed with. */
function asSent(raw: Buffer): Buffer {
  return Buffer.from(raw.toString('latin1').replaceAll('\n', '\r\n'), 'latin1')
}

function numberOf({ messageId = '' }: smtp.ParsedMessage): number {
  return Number(/\d+/.exec(messageId)?.[0])
}

/** One of each round is. */
function isLarge(number: number): boolean {
  return number % PER_ROUND === Math.floor(number / PER_ROUND)
}

async function deliver(mailer: smtp.Mailer, { content, encoding }: CorpusMail): Promise<void> {
  // The others of their headers have no mailbox here.
  const envelope = { from: AUTHOR, to: READER }
  if (content instanceof Uint8Array) await mailer.send(content, { envelope })
  else await mailer.send(content, { envelope, encoding })
}

const ROUNDS = 3
const PER_ROUND = 100
const EVERY_KIND = [
  'multipart/related',
  'multipart/report',
  'text/calendar',
  'text/x-amp-html',
  'application/ics',
  'message/delivery-status',
  'message/rfc822 multipart/related',
  'message/rfc822 text/calendar',
  'message/rfc822 message/delivery-status',
  'message/rfc822 message/rfc822 multipart/related',
]
