import { Duplex, PassThrough } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'

import { expect, test } from 'vitest'

import { Ssh2Command } from '../../src/engine/ssh2-command.ts'
import type { EngineChannel, EngineClient } from '../../src/engine/ssh2-types.ts'

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
  const client = { _protocol: { signal: (_: number, name: string) => signals.push(name) } }
  const command = new Ssh2Command(
    client as unknown as EngineClient,
    channel as unknown as EngineChannel,
    (name, chunk) => printed.push(`${name} ${Buffer.from(chunk).toString()}`),
  )
  return { channel, command, printed, signals }
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
