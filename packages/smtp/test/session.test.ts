import { ConnectionLostError, isRetryable } from '@net/core'
import { operation, netError } from '@net/core/authoring'
import { useFakeClock } from '@net/core/testing'
import { memoryPair } from '@net/socket/testing'
import type { Transport } from '@net/socket'
import { connect, type Message } from '@net/smtp'
import { startSmtpServer, type SmtpFault } from '@net/smtp/testing'
import { describe, expect, test } from 'vitest'

import { SmtpSession } from '../src/session.ts'
import { failureOf, startPeer, until } from './scripted-peer.ts'

function open(): { session: SmtpSession; peer: Transport } {
  const [transport, peer] = memoryPair()
  return { session: new SmtpSession(transport), peer }
}

function say(peer: Transport, text: string): Promise<void> {
  return peer.write([Buffer.from(text)])
}

function laterCall(session: SmtpSession): Promise<unknown> {
  const spec = { protocol: 'smtp', operation: 'test', kind: 'command' } as const
  return operation(spec, undefined, (op) => session.during(op, () => session.ask('NOOP')))
}

test('gives each command the reply that belongs to it', async () => {
  const { session, peer } = open()
  const replies = Promise.all([session.ask('NOOP'), session.ask('RSET')])
  await say(peer, '250 one\r\n250 two\r\n')
  expect(await replies).toMatchObject([{ text: 'one' }, { text: 'two' }])
  expect(Buffer.from((await peer.read()) ?? []).toString()).toBe('NOOP\r\n')
})

test('ends at a reply without a command', async () => {
  const { session, peer } = open()
  await say(peer, '250 hello\r\n')
  expect(await session.closed).toMatchObject({ code: 'NET_PROTO_UNEXPECTED' })
  expect(session.ended).toBe(true)
  await expect(laterCall(session)).rejects.toMatchObject({
    code: 'NET_CONN_CLOSED',
    retry: 'safe',
    cause: { code: 'NET_PROTO_UNEXPECTED' },
  })
})

test('waiting calls get the loss, and later calls an error that nothing was sent', async () => {
  const { session, peer } = open()
  const waiting = session.ask('NOOP')
  const failed = failureOf(waiting)
  peer.abort()
  expect(await failed).toMatchObject({ code: 'NET_CONN_RESET' })
  expect(session.failure).toMatchObject({ code: 'NET_CONN_RESET' })
  await expect(laterCall(session)).rejects.toMatchObject({ code: 'NET_CONN_RESET', retry: 'safe' })
})

test('the first failure is the error', async () => {
  const { session } = open()
  session.lose(netError('NET_CLOSED', { message: 'first' }))
  session.lose(netError('NET_ABORTED', { message: 'second' }))
  expect(await session.closed).toMatchObject({ code: 'NET_CLOSED' })
})

test('a foreign error is translated', async () => {
  const { session } = open()
  session.lose(Object.assign(new Error('x'), { code: 'ECONNRESET' }))
  expect(await session.closed).toMatchObject({ code: 'NET_CONN_RESET' })
})

test('after the goodbye nothing matters any more', async () => {
  const { session, peer } = open()
  const leaving = session.quit('QUIT')
  await say(peer, '500 what?\r\nnonsense\r\n')
  await leaving
  expect(await session.closed).toBeUndefined()
})

test('an orderly end is not an error', async () => {
  const { session, peer } = open()
  const leaving = session.quit('QUIT')
  expect(Buffer.from((await peer.read()) ?? []).toString()).toBe('QUIT\r\n')
  await say(peer, '221 bye\r\n')
  await leaving
  expect(await session.closed).toBeUndefined()
  expect(await peer.read()).toBeNull()
  await expect(session.quit('QUIT')).rejects.toMatchObject({ code: 'NET_CLOSED' })
  await expect(laterCall(session)).rejects.toMatchObject({ code: 'NET_CLOSED' })
})

test('the abort of a call ends the session', async () => {
  const { session } = open()
  const controller = new AbortController()
  const spec = { protocol: 'smtp', operation: 'test', kind: 'command' } as const
  const call = operation(spec, { signal: controller.signal }, (op) =>
    session.during(op, () => session.ask('NOOP')),
  )
  const failed = failureOf(call)
  controller.abort()
  expect(await failed).toMatchObject({ code: 'NET_ABORTED' })
  expect(session.failure).toMatchObject({ code: 'NET_ABORTED' })
})

const message: Message = { from: 'ada@example.com', to: 'bob@example.com', subject: 'x', text: 'y' }

describe('[H-SMTP-09] a server that takes back what it said', () => {
  const cases: readonly (readonly [string, readonly string[], string])[] = [
    [
      'says 250 before the message',
      ['250 a', '250 b', '354 go\r\n250 taken'],
      'NET_PROTO_UNEXPECTED',
    ],
    ['answers DATA with 250', ['250 a', '250 b', '250 taken'], 'NET_PROTO_UNEXPECTED'],
    ['answers twice', ['250 a\r\n250 a', '250 b', '354 go'], 'NET_PROTO_UNEXPECTED'],
    ['refuses in the middle', ['250 a', '250 b', '354 go\r\n552 5.3.4 too big'], 'NET_NO_SPACE'],
    ['leaves in the middle', ['250 a', '250 b', '354 go\r\n421 4.3.2 bye'], 'NET_CONN_SHUTDOWN'],
  ]
  for (const [name, replies, code] of cases) {
    test(`it ${name}`, async () => {
      await using peer = await startPeer(async ({ say, hear }) => {
        await say('220 peer\r\n')
        await hear()
        await say('250 peer\r\n')
        for (const reply of replies) {
          await hear()
          await say(`${reply}\r\n`)
        }
      })
      await using client = await connect(peer.url)
      // Longer than what could be sent at once: the buffers of both systems take some megabytes.
      const sending = client.send({ ...message, text: 'a line\n'.repeat(2_000_000) })
      await expect(sending).rejects.toMatchObject({ code, sent: false })
    })
  }
})

test('a goodbye in place of a reply ends the session and says so', async () => {
  for (const on of ['MAIL', 'RCPT', 'DATA', '.'] as const) {
    await using server = await startSmtpServer()
    await using client = await connect(server.url)
    server.fail({ on, do: { reply: '421 4.3.2 bye' } })
    await expect(client.send(message)).rejects.toMatchObject({
      code: 'NET_CONN_SHUTDOWN',
      reply: { status: 421 },
    })
    await client.closed
    await expect(client.send(message)).rejects.toMatchObject({
      code: expect.stringMatching(/NET_C(LOSED|ONN_)/),
    })
  }
})

describe('a reply without a command ends an idle session, and a later call may be repeated', () => {
  for (const said of [
    '421 4.4.2 idle too long',
    '451 4.4.2 Timeout waiting for data from client',
    '554 5.7.0 go away',
  ]) {
    test(`it says ${said}`, async () => {
      let speak = async (): Promise<void> => {}
      await using peer = await startPeer(async ({ say, hear }) => {
        await say('220 peer\r\n')
        await hear()
        await say('250 peer\r\n')
        speak = () => say(`${said}\r\n`)
      })
      await using client = await connect(peer.url)
      await speak()
      expect(await client.closed).toMatchObject({ code: 'NET_CONN_SHUTDOWN' })
      const error = await failureOf(client.send(message))
      expect(error).toBeInstanceOf(ConnectionLostError)
      expect(error).toMatchObject({
        code: 'NET_CONN_SHUTDOWN',
        retry: 'safe',
        sent: false,
        reply: { status: Number(said.slice(0, 3)) },
        message: expect.stringMatching(
          /^smtp send bob@example\.com: the connection was lost before this call, so nothing was sent; connect again: /,
        ),
      })
      expect(String(error)).toContain(said)
      expect(isRetryable(error)).toBe(true)
    })
  }
})

describe('after what ended the session the next call says so and may be repeated', () => {
  const faults: readonly (readonly [string, SmtpFault['do'], string])[] = [
    ['a malformed reply', { reply: 'hello' }, 'NET_PROTO_MALFORMED'],
    ['bytes that are no reply', 'garbage', 'NET_PROTO_MALFORMED'],
    ['the end of the connection', 'drop', 'NET_CONN_CLOSED'],
    ['a reset', 'reset', 'NET_CONN_RESET'],
  ]
  for (const [name, fault, code] of faults) {
    test(`it was ${name}`, async () => {
      await using server = await startSmtpServer()
      await using client = await connect(server.url)
      server.fail({ on: 'NOOP', do: fault })
      await expect(client.noop({ retry: false })).rejects.toMatchObject({ code })
      const error = await failureOf(client.send(message))
      expect(error).toBeInstanceOf(ConnectionLostError)
      expect(error).toMatchObject({ retry: 'safe', sent: false })
      expect(String(error).match(/smtp/g)).toHaveLength(1)
    })
  }

  test('a time limit', async () => {
    await using server = await startSmtpServer()
    using clock = useFakeClock()
    await using client = await connect(server.url)
    server.fail({ on: 'NOOP', do: 'stall' })
    const failed = failureOf(client.noop({ timeout: { reply: 300 }, retry: false }))
    await clock.until(() => server.received.includes('NOOP'))
    await clock.advance(300)
    expect(await failed).toMatchObject({ code: 'NET_TIMEOUT_REPLY' })
    expect(await failureOf(client.send(message))).toMatchObject({
      code: 'NET_CONN_CLOSED',
      retry: 'safe',
      message: expect.stringContaining('the peer sent no reply within 300 ms'),
    })
  })

  test('an abort of ours', async () => {
    await using server = await startSmtpServer()
    await using client = await connect(server.url)
    server.fail({ on: 'NOOP', do: 'stall' })
    const controller = new AbortController()
    const failed = failureOf(client.noop({ signal: controller.signal }))
    await until(() => server.received.includes('NOOP'))
    controller.abort()
    expect(await failed).toMatchObject({ code: 'NET_ABORTED' })
    expect(await failureOf(client.send(message))).toMatchObject({
      code: 'NET_CLOSED',
      retry: 'safe',
      message: expect.stringContaining('an earlier call was stopped'),
    })
  })

  test('but not after close()', async () => {
    await using server = await startSmtpServer()
    const client = await connect(server.url)
    await client.close()
    expect(await failureOf(client.send(message))).toMatchObject({
      code: 'NET_CLOSED',
      retry: 'never',
    })
  })
})

test('a server that never stops talking after its goodbye is cut off', async () => {
  await using peer = await startPeer(async ({ say, hear }) => {
    await say('220 peer\r\n')
    await hear()
    await say('250 peer\r\n')
    await hear()
    await say('221 bye\r\n')
    // Until the connection is gone, which ends this with an error.
    for (;;) await say(`${'x'.repeat(1000)}\r\n`)
  })
  using clock = useFakeClock()
  const client = await connect(peer.url)
  const closing = client.close({ grace: 50 })
  await clock.until(() => peer.lines.includes('QUIT'))
  await clock.advance(50)
  await closing
  expect(await client.closed).toBeUndefined()
  await clock.until(() => peer.server.connections.size === 0)
})
