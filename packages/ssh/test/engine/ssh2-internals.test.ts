import { expect, test } from 'vitest'

import { startSshServer } from '@net/ssh/testing'

import {
  closeChannel,
  guardProtocol,
  holdUntilIdentified,
  isOpen,
  onPacket,
  openSessionChannel,
  ping,
  hearLogin,
  sessionIdOf,
} from '../../src/engine/ssh2-internals.ts'
import { loadEngine } from '../../src/engine/load-engine.ts'
import type { EngineChannel, EngineClient } from '../../src/engine/ssh2-types.ts'
import { logInTo } from '../embedded.ts'

/** A client of the engine as far as the guards look at it. */
function fake(channels: object = {}): {
  client: EngineClient
  handled: string[]
  call: (name: string, ...args: unknown[]) => void
} {
  const handled: string[] = []
  const names = [
    'CHANNEL_OPEN',
    'CHANNEL_OPEN_CONFIRMATION',
    'CHANNEL_DATA',
    'CHANNEL_EXTENDED_DATA',
    'CHANNEL_WINDOW_ADJUST',
    'DISCONNECT',
  ]
  const handlers = Object.fromEntries(names.map((name) => [name, () => handled.push(name)]))
  const client = { _protocol: { _handlers: handlers }, _chanMgr: { _channels: channels } }
  return {
    client: client as unknown as EngineClient,
    handled,
    call: (name, ...args) => (handlers[name] as (...all: unknown[]) => void)({}, ...args),
  }
}

function channel(window: number, state = 'open'): object {
  return { incoming: { window, state }, outgoing: { window: 10 } }
}

test('[H-SSH-10] packet sizes outside the bounds of the protocol do not reach the engine', () => {
  for (const name of ['CHANNEL_OPEN', 'CHANNEL_OPEN_CONFIRMATION']) {
    for (const packetSize of [255, 2 ** 31]) {
      const { client, handled, call } = fake()
      const broken: Error[] = []
      guardProtocol(client, { broken: (error) => broken.push(error), disconnected() {} })
      call(name, { packetSize, window: 1 })
      expect([handled, broken.length]).toEqual([[], 1])
    }
    const { client, handled, call } = fake()
    guardProtocol(client, { broken() {}, disconnected() {} })
    const [smallest, largest] = [256, 2 ** 31 - 1].map((packetSize) => ({ packetSize, window: 1 }))
    call(name, smallest)
    call(name, largest)
    expect(handled).toEqual([name, name])
    expect([smallest?.packetSize, largest?.packetSize]).toEqual([256, 32 * 1024])
  }
})

test('[H-SSH-11] data beyond the window, after the end and for no channel does not reach the engine', () => {
  const channels = { 0: channel(10), 1: channel(10, 'eof'), 2: () => {}, 3: channel(2 ** 21) }
  const { client, handled, call } = fake(channels)
  const broken: string[] = []
  guardProtocol(client, { broken: (error) => broken.push(error.message), disconnected() {} })
  for (const name of ['CHANNEL_DATA', 'CHANNEL_EXTENDED_DATA']) {
    call(name, 0, Buffer.alloc(11), 1)
    call(name, 1, Buffer.alloc(1), 1)
    call(name, 2, Buffer.alloc(1), 1)
    call(name, 5, Buffer.alloc(1), 1)
    call(name, 3, Buffer.alloc(32 * 1024 + 1), 1)
  }
  expect(handled).toEqual([])
  expect(broken).toHaveLength(10)
  call('CHANNEL_DATA', 0, Buffer.alloc(10))
  call('CHANNEL_WINDOW_ADJUST', 0, 1000)
  expect(handled).toEqual(['CHANNEL_DATA', 'CHANNEL_WINDOW_ADJUST'])
  call('CHANNEL_WINDOW_ADJUST', 0, 2 ** 32 - 10)
  expect(broken).toHaveLength(11)
})

test('a channel takes requests until either side has closed it', () => {
  for (const [incoming, outgoing, open] of [
    ['open', 'open', true],
    ['eof', 'eof', true],
    ['closed', 'open', false],
    ['open', 'closing', false],
    ['closed', 'closed', false],
  ] as const) {
    const states = { incoming: { state: incoming }, outgoing: { state: outgoing } }
    expect(isOpen(states as unknown as EngineChannel)).toBe(open)
  }
})

test('the window of a channel that we closed is not enlarged any more', () => {
  let closes = 0
  const closed = channel(10) as unknown as EngineChannel
  Object.assign(closed, { close: () => (closes += 1) })
  closeChannel(closed)
  expect([closes, closed.incoming.window]).toEqual([1, Infinity])
})

test('an engine without the handlers is refused', () => {
  const client = {
    _protocol: { _handlers: {} },
    _chanMgr: { _channels: {} },
  } as unknown as EngineClient
  expect(() => guardProtocol(client, { broken() {}, disconnected() {} })).toThrow(
    expect.objectContaining({ code: 'NET_RUNTIME_UNSUPPORTED' }),
  )
})

test('the private fields that are used are there', async () => {
  await using server = await startSshServer({ exec: { ls: 'a' } })
  await using host = await logInTo(server)
  expect(host.info.algorithms.kex).toBe('curve25519-sha256')
  const { Client } = await loadEngine()
  const client = new Client()
  client.on('error', () => {})
  expect(sessionIdOf({ _protocol: {} } as unknown as EngineClient)).toHaveLength(0)
  const none = { _chanMgr: { add: () => -1 } } as unknown as EngineClient
  const failed = await new Promise<Error | undefined>((resolve) =>
    openSessionChannel(none, resolve),
  )
  expect(failed?.message).toContain('No free channels')
})

test('the engine gets the first words whole, and what follows as it comes', () => {
  const parsed: string[] = []
  const protocol = {
    parse: (chunk: Buffer, from: number, to: number) =>
      void parsed.push(chunk.toString('utf8', from, to)),
  }
  const heard: string[] = []
  holdUntilIdentified({ _protocol: protocol } as unknown as EngineClient, (chunk) => {
    heard.push(chunk.toString())
    return heard.join('').includes('\n')
  })
  for (const piece of ['SS', 'H-', '2.0\nrest', 'more']) {
    const bytes = Buffer.from(`<${piece}>`)
    protocol.parse(bytes, 1, bytes.length - 1)
  }
  expect(parsed).toEqual(['SSH-2.0\nrest', 'more'])
  expect(heard).toEqual(['SS', 'H-', '2.0\nrest'])
})

test('[H-SSH-09] an answer to a login that nobody attempted ends the connection, and lets nobody in', () => {
  const taken: number[] = []
  const protocol = {
    _handlers: {},
    _authenticated: false,
    _onPayload: (payload: Buffer) => void taken.push(payload[0] ?? 0),
  }
  const broken: unknown[] = []
  let asked = false
  hearLogin({ _protocol: protocol } as unknown as EngineClient, {
    ready() {},
    signatures() {},
    reply: () => asked,
    broken: (error) => broken.push(error),
  })
  for (const number of [51, 52, 60, 61]) protocol._onPayload(Buffer.of(number))
  expect(broken).toHaveLength(4)
  expect(broken[1]).toMatchObject({ code: 'NET_PROTO_UNEXPECTED' })
  expect(taken).toEqual([])
  asked = true
  // What shows a text, and what is not about the login, goes its way; so does the success that was asked for.
  for (const number of [53, 90, 51, 52]) protocol._onPayload(Buffer.of(number))
  expect(taken).toEqual([53, 90, 52])
})

test('a server that does not know the question whether it is there has answered it, and no other one', () => {
  const callbacks: ((failed: unknown) => void)[] = []
  const protocol = { _onPayload() {}, ping() {} } as unknown as {
    _onPayload: (payload: Buffer) => void
  }
  const client = { _protocol: protocol, _callbacks: callbacks } as unknown as EngineClient
  let heard = 0
  onPacket(client, () => {
    heard += 1
  })
  const forward = (): void => {}
  ping(client)
  callbacks.push(forward)
  protocol._onPayload(Buffer.of(3, 0, 0, 0, 9))
  expect([callbacks, heard]).toEqual([[forward], 1])
  // What waits now is no question of that kind: its answer is still to come.
  protocol._onPayload(Buffer.of(3, 0, 0, 0, 9))
  expect(callbacks).toEqual([forward])
})
