import { netError } from '@net/core/authoring'
import { overTransport } from '@net/socket'
import { memoryPair } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { PipeDirection } from '../../src/bulk/pipe-direction.ts'
import { DONE } from '../../src/handled.ts'
import type { StreamConnection } from '../../src/stream-connection.ts'

test('memory is lent only to a direction that carries much, and is the same each time', () => {
  const { direction } = carrying()
  expect(direction.memory()).toBeUndefined()
  for (let sent = 0; sent < 4; sent++) expect(direction.arrived(new Uint8Array(16_384))).toBe(true)
  const memory = direction.memory()
  expect(memory?.length).toBe(65_536)
  expect(direction.memory()).toBe(memory)
})

test('nothing more is taken while a write waits, and it says when there is room again', async () => {
  const { direction, write, heard } = carrying()
  const waiting = Promise.withResolvers<void>()
  write.result = waiting.promise
  expect(direction.arrived(Buffer.from('one'))).toBe(false)
  expect(heard).toEqual([])
  waiting.resolve()
  await turn()
  expect(heard).toEqual(['room'])
})

test('it ends once, whatever comes afterwards', async () => {
  for (const how of ['ended', 'lost', 'refused'] as const) {
    const { direction, write, heard } = carrying()
    direction.arrived(Buffer.from('four'))
    const full = netError('NET_CONN_RESET', { message: 'full' })
    if (how === 'refused') {
      write.result = Promise.reject(full)
      direction.arrived(Buffer.from('more'))
    } else if (how === 'ended') direction.ended()
    else direction.lost(full)
    await turn()
    direction.lost(full)
    direction.ended()
    await turn()
    expect([heard, direction.arrived(Buffer.from('late'))]).toEqual([[`${how} 4`], false])
  }
})

function carrying() {
  const heard: string[] = []
  const write = { result: DONE }
  const to = Object.assign(overTransport(memoryPair()[0]), {
    write: () => write.result,
    end: () => Promise.resolve(),
  })
  const from = { passTo() {}, passOn: () => heard.push('room') } as unknown as StreamConnection
  const direction = new PipeDirection(from, to, {
    ended: (carried) => heard.push(`ended ${carried}`),
    lost: () => heard.push('lost 4'),
    refused: (_error, carried) => heard.push(`refused ${carried}`),
  })
  return { direction, write, heard }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
