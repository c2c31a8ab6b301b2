import type { TimeoutOptions } from '@net/core'
import { useFakeClock } from '@net/core/testing'
import { connect, type SmtpClient } from '@net/smtp'
import { memoryPair } from '@net/socket/testing'
import type { Dialer, Transport } from '@net/socket'
import { describe, expect, test } from 'vitest'

import { parseCapabilities } from '../src/capabilities.ts'
import { EngineRoad } from '../src/engine-road.ts'
import { SmtpSession } from '../src/session.ts'
import { Transaction } from '../src/transaction.ts'
import { failureOf } from './scripted-peer.ts'

function open(): { road: EngineRoad; session: SmtpSession; peer: Transport } {
  const [transport, peer] = memoryPair()
  const capabilities = parseCapabilities({ status: 250, text: 'peer\nPIPELINING' })
  const session = new SmtpSession(transport)
  session.capabilities = capabilities
  return { road: new EngineRoad(session), session, peer }
}

async function heard(transport: Transport): Promise<string> {
  return Buffer.from((await transport.read()) ?? []).toString()
}

function write(transport: Transport, text: string): Promise<void> {
  return transport.write([Buffer.from(text)])
}

async function introduced(): Promise<ReturnType<typeof open>> {
  const opened = open()
  expect(await heard(opened.road)).toBe('220 peer\r\n')
  await write(opened.road, 'EHLO us\r\n')
  expect(await heard(opened.road)).toBe('250-peer\r\n250 PIPELINING\r\n')
  return opened
}

test('greets and introduces the server without asking it again', async () => {
  const { road, peer } = await introduced()
  await write(road, 'MAIL FROM:<a@b>\r\n')
  expect(await heard(peer)).toBe('MAIL FROM:<a@b>\r\n')
})

test('hands replies over whole and in one line', async () => {
  const { road, peer } = await introduced()
  await write(road, 'MAIL FROM:<a@b>\r\n')
  await write(peer, '250-2.1.0 a\r\n250 2.1.0 ')
  await write(peer, 'b\r\n')
  expect(await heard(road)).toBe('250 2.1.0 a / b\r\n')
})

test('notes what becomes of a transaction', async () => {
  const { road, peer, session } = await introduced()
  const transaction = new Transaction([{ address: 'c@d', wire: 'c@d' }], () => {})
  road.begin(transaction, { utf8Headers: false })
  await write(road, 'MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n')
  await write(peer, '250 a\r\n250 b\r\n354 c\r\n')
  await transaction.asked
  expect(session.withinMessage).toBe(true)
  await write(road, 'MAIL FROM:<this is text>\r\n.\r\n')
  await transaction.handedOver
  expect([transaction.accepted, transaction.unknown]).toEqual([['c@d'], true])
  await write(peer, '250 taken\r\n')
  await expect.poll(() => transaction.reply).toMatchObject({ text: 'taken' })
  road.finish()
  expect(session.withinMessage).toBe(false)
})

test('remembers why a login was refused, once', async () => {
  const { road, peer } = await introduced()
  await write(road, 'AUTH LOGIN\r\n')
  await write(peer, '334 user\r\n')
  expect(await heard(road)).toBe('334 user\r\n')
  await write(road, 'YWRh\r\n')
  await write(peer, '535 no\r\n')
  expect(await heard(road)).toBe('535 no\r\n')
  expect(road.takeRefusal()).toMatchObject({ status: 535 })
  expect(road.takeRefusal()).toBeUndefined()
})

test('a session that is lost ends the transport with an error of its own', async () => {
  const { road, peer, session } = await introduced()
  const reading = road.read()
  const failed = failureOf(reading)
  peer.abort()
  expect(await failed).toMatchObject({ message: 'the session has ended' })
  await expect(road.read()).rejects.not.toBe(session.failure)
  await expect(write(road, 'NOOP\r\n')).rejects.toThrow('the session has ended')
})

test('a session that is closed ends the transport, and an engine that leaves ends the session', async () => {
  const closed = await introduced()
  const reading = closed.road.read()
  const leaving = closed.session.quit()
  await write(closed.peer, '221 bye\r\n')
  await leaving
  expect(await reading).toBeNull()
  const left = await introduced()
  left.road.abort()
  expect(await left.session.closed).toMatchObject({ code: 'NET_CONN_CLOSED' })
})

describe('a server that takes a message slowly', () => {
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

  test('ends with `timeout.idle` where less than 1 KiB moves', async () => {
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

  test('ends with `timeout.write` where nothing moves', async () => {
    const server = await connectSlowly()
    using clock = useFakeClock()
    const failed = begin(server, { idle: Infinity, write: 400, total: Infinity })
    await takeFor(30, server, clock)
    await clock.until(() => clock.timers > 0)
    await clock.advance(400)
    expect(await failed).toMatchObject({ code: 'NET_TIMEOUT_WRITE', phase: 'send', limit: 400 })
  })
})
