/*
 * Mail beside its peers, all of them against one server in another process and in one run: small messages over one
 * connection and over five, attachments of 20 MB, and how many round trips a message takes.
 */

import { fork, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import * as smtp from '@net/smtp'
import { createTransport } from 'nodemailer'

import { compare, median, type Contender } from './pairs.ts'
import { startRelay } from './relay.ts'
import { pythonMailer, smtpSource } from './smtp-programs.ts'

const MESSAGES = 1000
const MEGABYTES = 20
const ROUND_TRIP = 20
const text = 'A line of text that says little but has the usual length of one.\n'.repeat(20)
const message = {
  from: 'ada@example.com',
  to: 'bob@example.com',
  subject: 'A message to be measured',
  text,
  html: `<p>${text}</p>`,
}
// As large as the message is on the wire, but for its headers.
const BYTES = text.length * 2 + 600
const wanted = process.argv.slice(2)

const { child, url, name } = await startServer()
console.log(`\nSMTP, against ${name}`)
const port = Number(new URL(url).port)
const pythons = [
  await pythonMailer('smtplib', port),
  await pythonMailer('aiosmtplib', port),
].flatMap((python) => python ?? [])
for (const connections of [1, 5]) {
  if (isWanted(`small${connections}`)) await compareSmall(connections)
}
if (isWanted('large')) await compareLarge()
if (isWanted('trips')) await countTrips()
for (const python of pythons) python[Symbol.dispose]()
child.disconnect()

async function compareSmall(connections: number): Promise<void> {
  await using clients = new AsyncDisposableStack()
  const ours: smtp.SmtpClient[] = []
  for (let n = 0; n < connections; n++) ours.push(clients.use(await connected(port)))
  const pool = pooled(port, connections)
  await using mailer = smtp.createMailer(url, { pool: { connections }, security: 'off' })
  // smtplib has one connection and no pool.
  const others = pythons.slice(connections === 1 ? 0 : 1)
  const source = smtpSource(port, { times: MESSAGES, connections, bytes: BYTES })
  await compare(
    `SMTP messages, connections: ${connections}`,
    'a second',
    many('net', async (n) => ours[n % connections]?.send(message)),
    [
      many("nodemailer's pool", () => pool.sendMail(message)),
      many('net, by createMailer', () => mailer.send(message)),
      ...others.map((python) => python.small(MESSAGES, connections)),
      ...(source === undefined ? [] : [source]),
    ],
  )
  pool.close()
}

async function compareLarge(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'net-bench-'))
  const path = join(folder, 'file')
  writeFileSync(path, randomBytes(MEGABYTES * 1_000_000))
  const mail = { from: message.from, to: message.to, subject: 'A file', text: 'See the file.\n' }
  await using client = await connected(port)
  const pool = pooled(port, 1)
  const moved = (by: string, send: () => Promise<unknown>): Contender => ({
    name: by,
    async run() {
      await send()
      return MEGABYTES
    },
  })
  await compare(
    `SMTP, attachments of ${MEGABYTES} MB from disk`,
    'MB/s',
    moved('net', () => client.send({ ...mail, attachments: [smtp.attach(smtp.fromFile(path))] })),
    [
      moved("nodemailer's pool", () => pool.sendMail({ ...mail, attachments: [{ path }] })),
      ...pythons.map((python) => python.large(path, MEGABYTES)),
    ],
  )
  pool.close()
  rmSync(folder, { recursive: true })
}

/** The time of a message in round trips, one of which is the time of a NOOP: on a busy machine a timer is late. */
async function countTrips(): Promise<void> {
  console.log(`\nSMTP, round trips a message, the server ${ROUND_TRIP} ms away`)
  await using relay = await startRelay('127.0.0.1', port, ROUND_TRIP)
  await using plain = await connected(relay.port)
  const trip = await timeOf(() => plain.noop())
  console.log(`  a round trip took ${trip.toFixed(1)} ms`)
  const tripsOf = async (by: string, send: () => Promise<unknown>): Promise<void> => {
    console.log(`  ${by}`.padEnd(44), ((await timeOf(send)) / trip).toFixed(2))
  }
  await tripsOf('net', () => plain.send(message))
  // smtp-sink has no CHUNKING.
  const embedded = await startServer('embedded')
  await using far = await startRelay('127.0.0.1', Number(new URL(embedded.url).port), ROUND_TRIP)
  await using chunked = await connected(far.port, { chunking: true })
  await tripsOf('net, chunking', () => chunked.send(message))
  embedded.child.disconnect()
  const pool = pooled(relay.port, 1)
  await tripsOf("nodemailer's pool", () => pool.sendMail(message))
  pool.close()
  for (const by of ['smtplib', 'aiosmtplib'] as const) {
    using python = await pythonMailer(by, relay.port)
    if (python !== undefined) await tripsOf(by, () => python.small(1, 1).run())
  }
}

async function timeOf(call: () => Promise<unknown>): Promise<number> {
  await call()
  const times: number[] = []
  for (let n = 0; n < 15; n++) {
    const started = performance.now()
    await call()
    times.push(performance.now() - started)
  }
  return median(times)
}

function connected(to: number, options: { chunking?: boolean } = {}): Promise<smtp.SmtpClient> {
  return smtp.connect(`smtp://127.0.0.1:${to}`, { security: 'off', ...options })
}

function pooled(to: number, connections: number): ReturnType<typeof createTransport> {
  return createTransport({
    host: '127.0.0.1',
    port: to,
    pool: true,
    ignoreTLS: true,
    maxConnections: connections,
    maxMessages: Infinity,
  })
}

function many(by: string, send: (n: number) => Promise<unknown>): Contender {
  return {
    name: by,
    async run() {
      await Promise.all(Array.from({ length: MESSAGES }, (_, n) => send(n)))
      return MESSAGES
    },
  }
}

async function startServer(
  kind = '',
): Promise<{ readonly child: ChildProcess; readonly url: string; readonly name: string }> {
  const server = fork(new URL('smtp-server.ts', import.meta.url), [kind])
  const [told] = (await once(server, 'message')) as [{ url: string; name: string }]
  return { child: server, ...told }
}

function isWanted(part: string): boolean {
  return wanted.length === 0 || wanted.includes(part)
}
