import type { TimeoutOptions } from '@net/core'
import { closedError } from '@net/core/authoring'
import { useFakeClock } from '@net/core/testing'
import { connect, type SmtpClient } from '@net/smtp'
import { memoryPair } from '@net/socket/testing'
import type { Dialer, Transport } from '@net/socket'
import { expect, test } from 'vitest'

import { DataWriter } from '../src/data-writer.ts'
import { SmtpSession } from '../src/session.ts'
import { failureOf } from './scripted-peer.ts'

interface SlowServer {
  readonly client: SmtpClient
  readonly peer: Transport
}

/** A connection that holds one chunk, so that the client waits for each to be taken. */
async function connectSlowly(): Promise<SlowServer> {
  const [ours, peer] = memoryPair({ capacity: 1 })
  const dialer: Dialer = { name: 'slow', dial: () => Promise.resolve(ours) }
  const connecting = connect('smtp://127.0.0.1', { dialer })
  await say(peer, '220 peer')
  await peer.read()
  await say(peer, '250 peer')
  return { client: await connecting, peer }
}

function say(peer: Transport, line: string): Promise<void> {
  return peer.write([Buffer.from(`${line}\r\n`)])
}

/** Begins to send a message of short lines, each a chunk of its own; the server has asked for it. */
async function begin({ client, peer }: SlowServer, timeout: TimeoutOptions): Promise<unknown> {
  async function* lines(): AsyncGenerator<Uint8Array> {
    for (;;) yield Buffer.from(`${'x'.repeat(98)}\r\n`)
  }
  const envelope = { from: 'a@b.example', to: 'c@d.example' }
  const failed = failureOf(client.send(lines, { envelope, timeout }))
  for (const reply of ['250 a', '250 b', '354 go']) {
    await peer.read()
    await say(peer, reply)
  }
  await peer.read()
  return failed
}

async function takeFor(
  times: number,
  { peer }: SlowServer,
  clock: ReturnType<typeof useFakeClock>,
): Promise<void> {
  for (let n = 0; n < times; n++) {
    await clock.until(() => clock.timers > 0)
    await clock.advance(300)
    await peer.read()
  }
}

test('a server that takes a message slowly ends with `timeout.idle` where less than 1 KiB moves', async () => {
  const server = await connectSlowly()
  using clock = useFakeClock()
  const failed = begin(server, { idle: 1000, write: 400, total: Infinity })
  await takeFor(3, server, clock)
  await clock.until(() => clock.timers > 0)
  await clock.advance(300)
  expect(await failed).toMatchObject({
    code: 'NET_TIMEOUT_IDLE',
    phase: 'send',
    limit: 1000,
    sent: false,
  })
})

test('a server that takes a message slowly ends with `timeout.write` where nothing moves', async () => {
  const server = await connectSlowly()
  using clock = useFakeClock()
  const failed = begin(server, { idle: Infinity, write: 400, total: Infinity })
  await takeFor(30, server, clock)
  await clock.until(() => clock.timers > 0)
  await clock.advance(400)
  expect(await failed).toMatchObject({ code: 'NET_TIMEOUT_WRITE', phase: 'send', limit: 400 })
})

test('says how many bytes there are just before the final dot leaves', async () => {
  for (const [content, sent] of [
    [Buffer.from('a\n.b'), 'a\r\n..b\r\n.\r\n'],
    [Buffer.alloc(65_537, 'x'), `${'x'.repeat(65_537)}\r\n.\r\n`],
  ] as const) {
    const [ours, peer] = memoryPair()
    const writer = new DataWriter(new SmtpSession(ours), { write: 1000, idle: 1000 })
    const dots: number[] = []
    const writing = writer.write({ content }, (bytes) => void dots.push(bytes))
    let heard = ''
    while (heard.length < sent.length) heard += Buffer.from((await peer.read()) ?? []).toString()
    await writing
    writer.stop()
    expect(heard).toBe(sent)
    expect(dots).toEqual([sent.length])
  }
})

test('leaves no timer for a piece that comes when the session is over', async () => {
  using clock = useFakeClock()
  const [ours] = memoryPair()
  const session = new SmtpSession(ours)
  const writer = new DataWriter(session, { write: 1000, idle: 1000 })
  async function* pieces(): AsyncGenerator<Uint8Array> {
    session.lose(closedError())
    writer.stop()
    yield Buffer.from('late')
  }
  expect(await failureOf(writer.write({ content: pieces() }, () => {}))).toMatchObject({
    code: 'NET_CLOSED',
  })
  expect(clock.timers).toBe(0)
})
