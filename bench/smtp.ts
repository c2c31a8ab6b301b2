/*
 * Messages per second over one connection and over five: ours beside nodemailer's pool, against the embedded server
 * in another process.
 */

import { fork } from 'node:child_process'
import { once } from 'node:events'

import * as smtp from '@net/smtp'
import { createTransport } from 'nodemailer'

import { compare, type Contender } from './pairs.ts'

const MESSAGES = 1000
const text = 'A line of text that says little but has the usual length of one.\n'.repeat(20)
const message = {
  from: 'ada@example.com',
  to: 'bob@example.com',
  subject: 'A message to be measured',
  text,
  html: `<p>${text}</p>`,
}

const child = fork(new URL('smtp-server.ts', import.meta.url))
const [url] = (await once(child, 'message')) as [string]
for (const connections of [1, 5]) await compareOver(connections)
child.disconnect()

async function compareOver(connections: number): Promise<void> {
  await using clients = new AsyncDisposableStack()
  const ours: smtp.SmtpClient[] = []
  for (let n = 0; n < connections; n++) ours.push(clients.use(await smtp.connect(url)))
  const { hostname: host, port } = new URL(url)
  const pool = createTransport({
    host,
    port: Number(port),
    pool: true,
    ignoreTLS: true,
    maxConnections: connections,
    maxMessages: Infinity,
  })
  await compare(
    `SMTP messages, connections: ${connections}`,
    'a second',
    many('net', async (n) => ours[n % connections]?.send(message)),
    [many("nodemailer's pool", () => pool.sendMail(message))],
  )
  pool.close()
}

function many(name: string, send: (n: number) => Promise<unknown>): Contender {
  return {
    name,
    async run() {
      await Promise.all(Array.from({ length: MESSAGES }, (_, n) => send(n)))
      return MESSAGES
    },
  }
}
