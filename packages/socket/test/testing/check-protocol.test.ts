import { channel } from 'node:diagnostics_channel'

import type { CallOptions } from '@net/core'
import { option, optionsDoor } from '@net/core/authoring'
import { tcpDialer } from '@net/socket'
import { TextLines } from '@net/socket/authoring'
import { checkProtocol, type ProtocolUnderTest } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { connectToy, toy, toyRules, type ToyClient } from './toy-protocol.ts'

test('a protocol that keeps all rules passes, with and without a loop', async () => {
  await checkProtocol(toy)
  const { iterate: _, ...withoutLoop } = toy
  await checkProtocol(withoutLoop)
})

test('a case of another name is refused, and those that there are each have a client that breaks it', async () => {
  const cases = Object.keys(broken).join('; ')
  await expect(checkProtocol(toy, { only: 'no such case' })).rejects.toThrow(
    `there is no case "no such case", but ${cases}`,
  )
})

const HANGS = 'it has not ended after 100 ms'
const without = (options: CallOptions | undefined, key: keyof CallOptions): CallOptions => ({
  ...options,
  [key]: undefined,
})
const closingWith = (grace: number) =>
  over((client) => {
    const close = client.close.bind(client)
    return { close: () => close({ grace }) }
  })

// What a client may do wrong, by the case that must find it, and what the case then says.
const broken: Readonly<Record<string, readonly [Partial<ProtocolUnderTest<ToyClient>>, string]>> = {
  'calls are answered, and nothing stays open after close': [
    { connect: (url, options) => connectToy(url, { ...options, dialer: tcpDialer() }) },
    'the dialer of the options was not used',
  ],
  'answers split at every byte are the same': [
    { connect: (url, options) => connectToy(url, options, { ...toyRules, replies: chunks }) },
    'no',
  ],
  'a verb within the loop of another is answered, or NET_BUSY at once': [holding(), HANGS],
  'a loop that is left early leaves the client of use': [holding(), HANGS],
  'a signal that is aborted already: nothing is dialed or sent': [
    { connect: (url, options) => connectToy(url, { ...options, signal: undefined }) },
    'expected an AbortError, got a success',
  ],
  'connecting ends with abort, and leaves nothing open': [
    { connect: (url, options) => connectToy(url, { ...options, signal: undefined }) },
    HANGS,
  ],
  'a call ends with abort while the server is silent': [
    { ask: (client, options) => client.one(without(options, 'signal')) },
    HANGS,
  ],
  'connecting has limits, and leaves nothing open': [
    { connect: (url, options) => connectToy(url, { ...options, timeout: undefined }) },
    HANGS,
  ],
  'a call has a limit for the reply and one for all of it': [
    { ask: (client, options) => client.one(without(options, 'timeout')) },
    HANGS,
  ],
  'a connection that is lost in a call': [
    {
      async ask(client, options) {
        return client.one(options).catch(() => {
          throw new Error('lost')
        })
      },
    },
    'expected a NetError, got lost',
  ],
  'a connection that is lost between calls': [
    over(() => ({ closed: Promise.resolve(undefined) })),
    'expected a NetError, got a success',
  ],
  'close waits for the call under way': [closingWith(0), 'the client is closed'],
  'close ends within its grace where the server is silent': [closingWith(60_000), HANGS],
  'a wrong option rejects before a byte is sent': [
    { ask: (client, options) => client.one(without(options, 'timeout')) },
    'expected a NetError, got a success',
  ],
  'a peer that speaks another protocol is a ProtocolError': [
    {
      connect: (url, options) =>
        connectToy(url, options, { ...toyRules, replies: () => new TextLines() }),
    },
    HANGS,
  ],
  'a password shows in no error and in no event': [
    {
      connect(url, options) {
        channel('net:wire').publish({ type: 'wire', text: options.password })
        return connectToy(url, options)
      },
    },
    'the password shows in an event',
  ],
}

test.each(Object.entries(broken))(
  'a client that breaks a rule: %s',
  async (name, [wrong, says]) => {
    const patience = says === HANGS ? 100 : undefined
    const check = checkProtocol({ ...toy, ...wrong }, { only: name, patience })
    await expect(check).rejects.toThrow(`${name}: `)
    await expect(check).rejects.toThrow(says)
  },
)

test('an error for a wrong option must name the call', async () => {
  const door = optionsDoor<CallOptions>({ protocol: 'toy' }, option.perCall)
  const nameless: Partial<typeof toy> = {
    ask: async (client, options) => client.one(door(options)),
  }
  const only = 'a wrong option rejects before a byte is sent'
  await expect(checkProtocol({ ...toy, ...nameless }, { only })).rejects.toThrow(
    'the error does not name the call: toy: timeout must be',
  )
})

/** Clients whose members are those. */
function over(
  members: (client: ToyClient) => Partial<ToyClient>,
): Pick<ProtocolUnderTest<ToyClient>, 'connect'> {
  return {
    async connect(url, options) {
      const client = await connectToy(url, options)
      for (const [name, value] of Object.entries(members(client))) {
        Object.defineProperty(client, name, { value })
      }
      return client
    },
  }
}

/** Calls wait for a loop to come to its end. */
function holding(): Partial<ProtocolUnderTest<ToyClient>> {
  const held = new WeakMap<ToyClient, Promise<void>>()
  return {
    async ask(client, options) {
      await held.get(client)
      return client.one(options)
    },
    async *iterate(client, options) {
      const { promise, resolve } = Promise.withResolvers<void>()
      held.set(client, promise)
      yield* client.all(options)
      resolve()
    },
  }
}

/** Takes each chunk for a reply. */
function chunks() {
  return {
    pending: false,
    push: (chunk: Uint8Array) => Buffer.from(chunk).toString().trimEnd().split('\r\n'),
  }
}
