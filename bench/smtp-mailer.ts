/*
 * A mailer for the SMTP bench: `smtp-mailer.ts (net | mailer | nodemailer) PORT CONNECTIONS`. A round is `small TIMES` or `large
 * FILE`.
 */

import * as smtp from '@net/smtp'
import { createTransport } from 'nodemailer'

import { serveRounds } from './apart.ts'
import { small, largeHead } from './smtp-message.ts'

type Send = (message: Parameters<smtp.SmtpClient['send']>[0]) => Promise<unknown>

const [who = '', port = '', connections = ''] = process.argv.slice(2)
const places = Number(connections)
const url = `smtp://127.0.0.1:${port}`

serveRounds(who === 'nodemailer' ? byNodemailer() : await byUs())

async function byUs(): Promise<(round: string) => Promise<unknown>> {
  const send = who === 'net' ? await bySeveral() : byMailer()
  return async (round) => {
    const [kind, what = ''] = round.split(' ')
    if (kind === 'small') return many(Number(what), () => send(small))
    return send({ ...largeHead, attachments: [smtp.attach(smtp.fromFile(what))] })
  }
}

async function bySeveral(): Promise<Send> {
  const clients = await Promise.all(
    Array.from({ length: places }, () => smtp.connect(url, { security: 'off' })),
  )
  let next = 0
  return (message) => clients[next++ % places]?.send(message) ?? Promise.reject(new Error('none'))
}

function byMailer(): Send {
  const mailer = smtp.createMailer(url, { pool: { connections: places }, security: 'off' })
  return (message) => mailer.send(message)
}

function byNodemailer(): (round: string) => Promise<unknown> {
  const pool = createTransport({
    host: '127.0.0.1',
    port: Number(port),
    pool: true,
    ignoreTLS: true,
    maxConnections: places,
    maxMessages: Infinity,
  })
  return async (round) => {
    const [kind, what = ''] = round.split(' ')
    if (kind === 'small') return many(Number(what), () => pool.sendMail(small))
    return pool.sendMail({ ...largeHead, attachments: [{ path: what }] })
  }
}

function many(times: number, send: () => Promise<unknown>): Promise<unknown> {
  return Promise.all(Array.from({ length: times }, send))
}
