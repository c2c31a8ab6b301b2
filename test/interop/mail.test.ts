// Mail that arrives through a real Postfix: signatures verified by opendkim, dkimpy and mailauth; reports that Postfix makes.
import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { captureEvents } from '@net/core/testing'
import * as smtp from '@net/smtp'
import { createCertificates } from '@net/socket/testing'
import { afterAll, beforeAll, expect, test, type TestContext } from 'vitest'

import { temporaryFolder } from './child.ts'
import { findDaemon, lacking, requireDaemon } from './daemon.ts'
import { requirePostfix, startPostfix, type Postfix } from './postfix.ts'
import { judged, signing } from './signing.ts'

const run = promisify(execFile)
const authority = createCertificates()
const login = { tls: { ca: authority.ca }, user: 'ada', password: 'lovelace' }
const from = 'ada@example.com'
let postfix: Postfix | undefined

beforeAll(async () => {
  const isThere = ['postfix', 'dovecot'].every((name) => findDaemon(name) !== undefined)
  if (!isThere || process.getuid?.() !== 0) return
  postfix = await startPostfix({
    authority: authority.ca,
    certificate: authority.issue(),
    users: { ada: 'lovelace' },
    mailboxes: ['ada', 'mary'],
    rewrites: {
      '^Message-ID: <rewritten@': 'Message-ID: <1@relay.example.com>',
      '^Date: Thu, 01 Jan 1970': 'Date: Fri, 02 Jan 1970 00:00:00 +0000',
    },
  })
})

afterAll(async () => {
  await postfix?.[Symbol.asyncDispose]()
})

function server(context: Pick<TestContext, 'skip'>): Postfix {
  requirePostfix(context)
  if (postfix === undefined) throw new Error('Postfix did not start')
  return postfix
}

test('[SMTP-45] signatures of both kinds are good behind Postfix, for opendkim, dkimpy and mailauth', async (context) => {
  const { url, delivered } = server(context)
  const opendkim = requireDaemon(context, 'opendkim')
  using folder = temporaryFolder('dkim')
  const { dkim, records } = signing()
  await using relay = await smtp.connect(url, { ...login, dkim })
  const path = join(folder.path, 'mail.eml')
  for (const text of ['Grüße  aus  Zürich \n.\n\n\n', '']) {
    await relay.send({
      from,
      to: 'mary@example.com',
      subject: 'Signed, '.repeat(30),
      text,
      headers: { 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' },
      attachments: [smtp.attach(smtp.fromFile(import.meta.filename))],
    })
    writeFileSync(
      path,
      (await delivered('mary')).toString('latin1').replaceAll('\n', '\r\n'),
      'latin1',
    )
    const keys = join(folder.path, 'keys')
    writeFileSync(keys, `rsa._domainkey.example.com ${records.rsa}\n`)
    const configuration = join(folder.path, 'opendkim.conf')
    writeFileSync(configuration, `Mode v\nTestPublicKeys ${keys}\n`)
    const verified = await run(opendkim, ['-x', configuration, '-t', path])
    expect(`${verified.stdout}${verified.stderr}`).toContain(
      '(s=rsa, d=example.com, 2048-bit key) succeeded',
    )
    const debian = '/usr/bin/python3'
    const isThere = await run(debian, ['-c', 'import dkim, nacl']).catch(() => undefined)
    if (isThere === undefined) lacking(context, 'python3-dkim is not installed')
    const { stdout } = await run(debian, ['-c', DKIMPY, path, JSON.stringify(records)])
    expect(JSON.parse(stdout)).toEqual([true, true])
    expect(await judged(readFileSync(path), records)).toEqual(['pass', 'pass'])
  }
})

test('[SMTP-45] a signature is good behind a relay that writes its own Message-ID and Date if it leaves them out', async (context) => {
  const { url, delivered } = server(context)
  const { dkim, records } = signing()
  for (const [omit, verdict] of [
    [['message-id', 'date'], 'pass'],
    [[], 'fail'],
  ] as const) {
    const keys = dkim.map((key) => ({ ...key, omit }))
    await using relay = await smtp.connect(url, { ...login, dkim: keys })
    const messageId = '<rewritten@example.com>'
    await relay.send({ from, to: 'mary@example.com', text: 'x', messageId, date: new Date(0) })
    const raw = await delivered('mary')
    expect(raw.toString()).toContain('Message-ID: <1@relay.example.com>\nDate: Fri, 02 Jan 1970')
    const mail = Buffer.from(raw.toString().replaceAll('\n', '\r\n'))
    expect(await judged(mail, records)).toEqual([verdict, verdict])
  }
})

test('[SMTP-24] [SMTP-29] Postfix takes a message in one round trip, and reports its delivery under our word', async (context) => {
  const { url, delivered } = server(context)
  using captured = captureEvents()
  await using relay = await smtp.connect(url, { ...login, chunking: true })
  for (const name of ['CHUNKING', 'DSN', 'PIPELINING']) {
    expect(relay.capabilities.extensions.has(name)).toBe(true)
  }
  const { messageId } = await relay.send(
    { from, to: 'mary@example.com', subject: 'a report', text: '.\nx\n' },
    { dsn: { notify: ['success'], envid: 'order+17=x', return: 'headers' } },
  )
  const wire = captured.of('wire').map(({ text }) => text)
  expect(wire).toContainEqual(expect.stringMatching(/^BDAT \d+ LAST/u))
  expect(wire).not.toContain('DATA')
  expect((await delivered('mary')).toString()).toContain('\n\n.\nx\n')
  const { report } = smtp.parseMessage(await delivered('ada'))
  expect(report).toMatchObject({
    envid: 'order+17=x',
    messageId,
    recipients: [{ address: 'mary@example.com', failed: false, status: '2.0.0' }],
  })
  await expect(relay.send({ from, to: 'nobody@example.com', text: 'x' })).rejects.toMatchObject({
    code: 'NET_NOT_FOUND',
  })
  expect(await relay.verify('mary@example.com')).toMatchObject({ reply: { status: 252 } })
  await expect(relay.expand('staff')).rejects.toMatchObject({ code: 'NET_UNSUPPORTED' })
})

test("Python's smtplib sends to our test server, by its own choice of mechanism", async (context) => {
  const python = requireDaemon(context, 'python3')
  const { startSmtpServer } = await import('@net/smtp/testing')
  await using peer = await startSmtpServer({
    users: { ada: 'lovelace' },
    mechanisms: ['CRAM-MD5', 'PLAIN', 'LOGIN'],
    requireAuth: true,
  })
  await run(python, ['-c', SMTPLIB, String(peer.port)])
  expect(peer.received.filter((line) => line.startsWith('AUTH'))).toEqual(['AUTH CRAM-MD5'])
  const [mail] = peer.mailbox.messages
  expect(mail).toMatchObject({ user: 'ada', envelope: { to: ['bob@example.com'] } })
  expect(mail?.parsed).toMatchObject({ subject: 'Grüße', text: 'Grüße\r\n' })
})

const DKIMPY = `
import dkim, json, sys
records = json.loads(sys.argv[2])
def lookup(name, timeout=5):
    return records[name.decode().split('.')[0]].encode()
message = open(sys.argv[1], 'rb').read()
print(json.dumps([dkim.DKIM(message).verify(idx=at, dnsfunc=lookup) for at in (0, 1)]))
`
const SMTPLIB = `
import smtplib, sys
from email.message import EmailMessage
message = EmailMessage()
message['From'], message['To'], message['Subject'] = 'ada@example.com', 'bob@example.com', 'Grüße'
message.set_content('Grüße\\n')
with smtplib.SMTP('127.0.0.1', int(sys.argv[1])) as server:
    server.login('ada', 'lovelace')
    server.send_message(message)
`
