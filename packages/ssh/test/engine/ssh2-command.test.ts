import { Duplex, PassThrough } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'

import { startSshServer } from '@net/ssh/testing'
import { expect, test } from 'vitest'

import { PendingWaits } from '../../src/engine/pending-waits.ts'
import { Ssh2Command } from '../../src/engine/ssh2-command.ts'
import type { EngineChannel, EngineClient } from '../../src/engine/ssh2-types.ts'
import { FieldReader } from '../../src/identity/wire.ts'
import { logInTo } from '../embedded.ts'

class FakeChannel extends Duplex {
  readonly outgoing = { id: 7, window: 1, packetSize: 1, state: 'open' }
  readonly incoming = { id: 0, window: 1, packetSize: 1, state: 'open' }
  readonly stderr = new PassThrough()
  closes = 0

  constructor() {
    super({ emitClose: false })
  }

  override _read(): void {}

  override _write(): void {}

  close(): void {
    this.closes += 1
  }
}

function made(): {
  channel: FakeChannel
  command: Ssh2Command
  printed: string[]
  signals: string[]
} {
  const channel = new FakeChannel()
  const printed: string[] = []
  const signals: string[] = []
  const client = { _protocol: wire((payload) => signals.push(signalIn(payload))) }
  const waits = new PendingWaits(() => new Error('lost'))
  const command = new Ssh2Command(
    { client: client as unknown as EngineClient, waits },
    channel as unknown as EngineChannel,
    {
      arrived(name, chunk) {
        printed.push(`${name} ${Buffer.from(chunk).toString()}`)
        return true
      },
    },
  )
  return { channel, command, printed, signals }
}

/** A protocol that writes what it is given. */
function wire(sent: (payload: Buffer) => void): object {
  return {
    _packetRW: {
      write: { allocStart: 0, alloc: (size: number) => Buffer.alloc(size), finalize: identity },
    },
    _cipher: { encrypt: sent },
  }
}

function identity<T>(value: T): T {
  return value
}

function signalIn(payload: Buffer): string {
  const reader = new FieldReader(payload.subarray(5))
  reader.field()
  reader.bytes(1)
  return reader.text()
}

function endOutputs(channel: FakeChannel): void {
  channel.push(null)
  channel.stderr.end()
}

test('it has ended when the status and both ends are there, in whatever order', async () => {
  const first = made()
  first.channel.push('a')
  first.channel.stderr.write('b')
  first.channel.emit('exit', 3)
  endOutputs(first.channel)
  expect(await first.command.ended).toEqual({ exitCode: 3, exitSignal: undefined })
  expect(first.printed.toSorted()).toEqual(['stderr b', 'stdout a'])
  expect(first.channel.closes).toBe(1)
  const second = made()
  endOutputs(second.channel)
  await turn()
  second.channel.emit('exit', null, 'SIGKILL')
  expect(await second.command.ended).toEqual({ exitCode: undefined, exitSignal: 'KILL' })
})

test('a close without a status is an end without one', async () => {
  const { channel, command } = made()
  channel.emit('close')
  expect(await command.ended).toEqual({ exitCode: undefined, exitSignal: undefined })
})

test('[H-SSH-14] a lost connection is an error, unless all was there already', async () => {
  const lost = new Error('lost')
  const early = made()
  early.channel.emit('exit', 0)
  early.command.lost(lost)
  await expect(early.command.ended).rejects.toBe(lost)
  const late = made()
  late.channel.emit('exit', 0)
  late.channel.incoming.state = 'eof'
  endOutputs(late.channel)
  late.command.lost(lost)
  expect(await late.command.ended).toEqual({ exitCode: 0, exitSignal: undefined })
})

test('how it ended is known before its outputs were read', async () => {
  const { channel, command } = made()
  channel.pause()
  channel.push('a')
  channel.emit('exit', 4)
  expect(await command.exited).toEqual({ exitCode: 4, exitSignal: undefined })
  const lost = new Error('lost')
  command.lost(lost)
  await expect(command.ended).rejects.toBe(lost)
})

test('writes that wait end with the command', async () => {
  const { channel, command } = made()
  const waiting = command.write(Buffer.from('x'))
  channel.emit('close')
  expect(await waiting).toBe(false)
  expect(await command.write(Buffer.from('y'))).toBe(false)
})

test('signals go out until the channel is closed', () => {
  const { channel, command, signals } = made()
  command.signal('TERM')
  channel.outgoing.state = 'eof'
  command.hangUp()
  channel.outgoing.state = 'closed'
  command.signal('KILL')
  expect(signals).toEqual(['TERM', 'HUP'])
  command.close()
  expect(channel.closes).toBe(1)
})

for (const size of [100, 4096, 100_000]) {
  test(`an input with one buffer of ${size} bytes feeds what was meant to a slow command`, async () => {
    const gate = Promise.withResolvers<void>()
    const chunks: Uint8Array[] = []
    await using server = await startSshServer({
      exec: async (_, { stdin }) => {
        await gate.promise
        for await (const chunk of stdin) chunks.push(chunk)
      },
    })
    await using host = await logInTo(server)
    const times = Math.ceil(4_000_000 / Math.max(size, 4096))
    let made = 0
    async function* input(): AsyncGenerator<Uint8Array> {
      const buffer = Buffer.alloc(size)
      for (; made < times; made++) yield buffer.fill(made & 0xff)
    }
    const running = host.exec('wc', { input: input() })
    for (let quiet = 0, before = made; quiet < 50; quiet++) {
      await new Promise((resolve) => setImmediate(resolve))
      if (made !== before) quiet = 0
      before = made
    }
    gate.resolve()
    await running
    const got = Buffer.concat(chunks)
    expect(got.length).toBe(size * times)
    expect(got.every((byte, at) => byte === (Math.floor(at / size) & 0xff))).toBe(true)
  })
}
