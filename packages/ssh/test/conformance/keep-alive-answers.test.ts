import { setImmediate as turn } from 'node:timers/promises'

import { useFakeClock } from '@net/core/testing'
import { connect } from '@net/ssh'
import { expect, test } from 'vitest'

import { sendMessage } from '../../src/engine/ssh2-internals.ts'
import type { EngineIncoming, EngineSession, EngineChannel } from '../../src/engine/ssh2-types.ts'
import { fields, uint32 } from '../../src/identity/wire.ts'
import { anyKey, rawServer } from '../engine/raw-server.ts'

test.for([0, 1, 0xffff_ffff])(
  'a server that does not know the question whether it is there (packet %i) is kept, and other questions have their own answers',
  async (number) => {
    let questions = 0
    let forwards = 0
    using server = await rawServer((client) => {
      client._protocol._handlers['GLOBAL_REQUEST'] = ((_: unknown, name: string) => {
        if (name === 'tcpip-forward') {
          const granted = (forwards += 1) % 2 === 1
          sendMessage(
            client,
            granted ? Buffer.concat([Buffer.of(81), uint32(8080)]) : Buffer.of(82),
          )
        } else {
          questions += 1
          sendMessage(client, Buffer.concat([Buffer.of(3), uint32(number)]))
        }
      }) as never
    })
    using clock = useFakeClock()
    await using host = await connect(server.url, {
      ...anyKey,
      keepAlive: { interval: 200, count: 3 },
    })
    const ends: unknown[] = []
    void host.closed.then((error) => ends.push(error))
    const outcomes: unknown[] = []
    for (let round = 0; round < 16; round++) {
      // A question before it, and one behind it.
      await clock.advance(400)
      const asked = codeOf(host.forwardRemote('127.0.0.1:0', '127.0.0.1:1', { retry: false }))
      await clock.advance(400)
      outcomes.push(await asked)
      for (let turns = 0; turns < 20; turns++) await turn()
    }
    expect(outcomes).toEqual(
      Array.from({ length: 16 }, (_, at) => (at % 2 === 0 ? 'done' : 'NET_REPLY_TEMPORARY')),
    )
    expect(questions).toBeGreaterThan(10)
    expect(ends).toEqual([])
  },
)

test('a server that asks whether we are there, on a channel or not, is told no, also behind the end of a command', async () => {
  const asked: string[] = []
  using server = await rawServer((client) => {
    const { _handlers: handlers } = client._protocol
    handlers['REQUEST_FAILURE'] = () => void asked.push('connection')
    client.on('session', (accept: () => EngineSession) => {
      accept().on('exec', (start: () => EngineChannel) => {
        const channel = start()
        handlers['CHANNEL_FAILURE'] = (() => {
          asked.push('channel')
          if (asked.length === 4) {
            channel.close()
            return
          }
          // What it leaves running has the channel still.
          if (asked.length === 2) channel.exit(0)
          ask(client, channel)
        }) as never
        ask(client, channel)
      })
    })
  })
  await using host = await connect(server.url, anyKey)
  expect(await host.exec('sleep &')).toMatchObject({ exitCode: 0 })
  expect(asked.toSorted()).toEqual(['channel', 'channel', 'connection', 'connection'])
})

function codeOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => 'done',
    (error: { code: unknown }) => error.code,
  )
}

function ask(client: EngineIncoming, channel: EngineChannel): void {
  const name = fields('keepalive@openssh.com')
  const request = Buffer.of(1)
  sendMessage(client, Buffer.concat([Buffer.of(80), name, request]))
  sendMessage(client, Buffer.concat([Buffer.of(98), uint32(channel.outgoing.id), name, request]))
}
