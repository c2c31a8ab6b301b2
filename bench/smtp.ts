/*
 * Mail beside its peers, each of them in a process of its own, against one server and in one run: small messages over one
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

import { apart } from './apart.ts'
import { compare, median, warmUp, type Contender } from './pairs.ts'
import { startRelay } from './relay.ts'
import { small, SMALL_BYTES } from './smtp-message.ts'
import { pythonMailer, smtpSource } from './smtp-programs.ts'

const MESSAGES = 1000
const MEGABYTES = 20
const ROUND_TRIP = 20
// Behind so many rounds V8 has compiled what it will.
const WARM = 12
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
  using processes = new DisposableStack()
  const sends = async (name: string, who: string): Promise<Contender> => {
    const mailer = await apart('smtp-mailer.ts', who, String(port), String(connections))
    return processes.use(mailer).contender(name, `small ${MESSAGES}`, { done: MESSAGES })
  }
  // smtplib has one connection and no pool.
  const others = pythons.slice(connections === 1 ? 0 : 1)
  const source = smtpSource(port, { times: MESSAGES, connections, bytes: SMALL_BYTES })
  await compareWarm(
    { title: `SMTP messages, connections: ${connections}`, unit: 'a second' },
    await sends('net', 'net'),
    [
      await sends("nodemailer's pool", 'nodemailer'),
      await sends('net, by createMailer', 'mailer'),
      ...others.map((python) => python.small(MESSAGES, connections)),
      ...(source === undefined ? [] : [source]),
    ],
  )
}

async function compareLarge(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'net-bench-'))
  const path = join(folder, 'file')
  writeFileSync(path, randomBytes(MEGABYTES * 1_000_000))
  using processes = new DisposableStack()
  const sends = async (name: string, who: string): Promise<Contender> => {
    const mailer = processes.use(await apart('smtp-mailer.ts', who, String(port), '1'))
    return mailer.contender(name, `large ${path}`, { done: MEGABYTES })
  }
  await compareWarm(
    { title: `SMTP, attachments of ${MEGABYTES} MB from disk`, unit: 'MB/s' },
    await sends('net', 'net'),
    [
      await sends("nodemailer's pool", 'nodemailer'),
      ...pythons.map((python) => python.large(path, MEGABYTES)),
    ],
  )
  rmSync(folder, { recursive: true })
}

async function compareWarm(
  { title, unit }: { title: string; unit: string },
  ours: Contender,
  others: readonly Contender[],
): Promise<void> {
  await warmUp([ours, ...others], WARM)
  await compare(title, unit, ours, others)
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
  await tripsOf('net', () => plain.send(small))
  // smtp-sink has no CHUNKING.
  const embedded = await startServer('embedded')
  await using far = await startRelay('127.0.0.1', Number(new URL(embedded.url).port), ROUND_TRIP)
  await using chunked = await connected(far.port, { chunking: true })
  await tripsOf('net, chunking', () => chunked.send(small))
  embedded.child.disconnect()
  const pool = pooled(relay.port, 1)
  await tripsOf("nodemailer's pool", () => pool.sendMail(small))
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
