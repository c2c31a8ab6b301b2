import { Duplex, PassThrough } from 'node:stream'

import { expect, test } from 'vitest'

import { EngineServedCommand } from '../../src/engine/ssh2-command-server.ts'
import type { EngineChannel } from '../../src/engine/ssh2-types.ts'

class FakeChannel extends Duplex {
  readonly stderr = new PassThrough()
  readonly exits: unknown[][] = []
  exit(...how: unknown[]): void {
    this.exits.push(how)
  }

  override _read(): void {}

  override _write(_: unknown, __: unknown, done: () => void): void {
    done()
  }
}

test('it writes and ends until the client is gone', async () => {
  const channel = new FakeChannel()
  const command = new EngineServedCommand(channel as unknown as EngineChannel)
  expect(await command.write('stdout', Buffer.from('a'))).toBe(true)
  expect(await command.write('stderr', Buffer.from('b'))).toBe(true)
  expect(String(channel.stderr.read())).toBe('b')
  command.exit(2)
  command.exitSignal('KILL')
  expect(channel.exits).toEqual([[2], ['KILL', false, '']])
  command.gone()
  await command.closed
  expect(await command.write('stdout', Buffer.from('a'))).toBe(false)
  command.exit(3)
  expect(channel.exits).toHaveLength(2)
})
