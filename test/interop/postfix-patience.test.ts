// Postfix that does not take everything at once: it puts recipients off, takes few connections, and reports later what became
// of a mail.
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { captureEvents, useFakeClock } from '@net/core/testing'
import * as smtp from '@net/smtp'
import { startSmtpServer } from '@net/smtp/testing'
import { createCertificates } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { requirePostfix, startPostfix } from './postfix.ts'

const authority = createCertificates()
const login = { tls: { ca: authority.ca }, user: 'ada', password: 'lovelace' }
const from = 'ada@example.com'
const recipe = {
  authority: authority.ca,
  certificate: authority.issue(),
  users: { ada: 'lovelace' },
  mailboxes: ['ada', 'charles', 'mary', 'jane'],
}

test('[SMTP-31] whom Postfix puts off has the same mail five minutes later, and nobody has it twice', async (context) => {
  requirePostfix(context)
  const asked: string[] = []
  await using table = await startTable((address) => {
    asked.push(address)
    const isNew =
      address === 'mary@example.com' && asked.filter((one) => one === address).length < 2
    return isNew ? '451 4.7.1 Greylisted, come back later' : undefined
  })
  await using postfix = await startPostfix({ ...recipe, recipientTable: table.name })
  using clock = useFakeClock()
  using captured = captureEvents()
  await using mailer = smtp.createMailer(postfix.url, login)
  const to = ['charles@example.com', 'mary@example.com', 'jane@example.com']
  const retry = { attempts: 3, delay: 1 }
  const sending = mailer.send({ from, to, subject: 'once each', text: 'x' }, { retry })
  await expect
    .poll(() => captured.of('pool').filter(({ action }) => action === 'release').length)
    .toBe(1)
  const copies = [await postfix.delivered('charles'), await postfix.delivered('jane')]
  await clock.advance(299_000)
  expect(asked.filter((address) => address === 'mary@example.com')).toHaveLength(1)
  await clock.advance(1000)
  const result = await sending
  expect(result).toMatchObject({ delivery: 'accepted', rejected: [] })
  expect(result.accepted.toSorted()).toEqual(to.toSorted())
  copies.push(await postfix.delivered('mary'))
  const written = copies.map((raw) => raw.subarray(raw.indexOf('From: ')).toString())
  expect(new Set(written).size).toBe(1)
  expect(recipe.mailboxes.map((name) => postfix.waiting(name))).toEqual([0, 0, 0, 0])
})

test('[SMTP-31] where Postfix takes two connections, fifty mails of a mailer of five arrive once each', async (context) => {
  requirePostfix(context)
  await using postfix = await startPostfix({ ...recipe, connectionLimit: 2 })
  using captured = captureEvents()
  await using mailer = smtp.createMailer(postfix.url, { ...login, pool: { connections: 5 } })
  const subjects = Array.from({ length: 50 }, (_, n) => `mail ${n}`)
  const send = (subject: string): Promise<smtp.SendResult> =>
    mailer.send({ from, to: 'mary@example.com', subject, text: 'x' })
  for (const { delivery } of await Promise.all(subjects.map(send)))
    expect(delivery).toBe('accepted')
  const refused = captured.of('operation').filter(({ error }) => error?.reply?.status === 421)
  expect(refused.length).toBeGreaterThan(0)
  const arrived: string[] = []
  while (arrived.length < subjects.length) {
    arrived.push(smtp.parseMessage(await postfix.delivered('mary')).subject)
  }
  expect(arrived.toSorted()).toEqual(subjects.toSorted())
  expect(postfix.waiting('mary')).toBe(0)
})

test('what Postfix reports of a recipient who is gone and of one who has to wait is told apart', async (context) => {
  requirePostfix(context)
  await using elsewhere = await startSmtpServer({
    refuse: { 'gone@elsewhere.example': '550 5.1.1 No such user here' },
  })
  elsewhere.fail({ on: 'RCPT TO:<late@', do: { reply: '451 4.2.0 Not at the moment' }, times: 100 })
  const routes = { 'elsewhere.example': elsewhere.port }
  await using postfix = await startPostfix({ ...recipe, routes })
  await using relay = await smtp.connect(postfix.url, login)
  const { messageId } = await relay.send({
    from,
    to: ['gone@elsewhere.example', 'late@elsewhere.example'],
    subject: 'two ways',
    text: 'x',
  })
  const reports = [await postfix.delivered('ada'), await postfix.delivered('ada')].map(
    (raw) => smtp.parseMessage(raw).report,
  )
  for (const report of reports) expect(report?.messageId).toBe(messageId)
  expect(reports.map((report) => report?.recipients)).toMatchObject([
    [
      {
        address: 'gone@elsewhere.example',
        action: 'failed',
        failed: true,
        status: '5.1.1',
        diagnostic: expect.stringContaining('No such user here'),
      },
    ],
    [
      {
        address: 'late@elsewhere.example',
        action: 'delayed',
        failed: false,
        status: '4.2.0',
        willRetryUntil: expect.any(Date),
      },
    ],
  ])
})

/** A table of Postfix that a function answers (tcp_table(5)). */
async function startTable(
  answer: (key: string) => string | undefined,
): Promise<AsyncDisposable & { readonly name: string }> {
  const server = createServer((socket) => {
    socket.setEncoding('latin1')
    // Postfix asks for one key at a time.
    socket.on('data', (line: string) => {
      const found = answer(decodeURIComponent(line.trim().slice('get '.length)))
      socket.write(found === undefined ? '500 none\n' : `200 ${encodeURIComponent(found)}\n`)
    })
    socket.on('error', () => {})
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    name: `tcp:127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.close()
      await once(server, 'close')
    },
  }
}
