import { memoryPair } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { deliverTo } from '../src/pulled-inflow.ts'
import type { ByteReceiver } from '../src/transport.ts'
import { bytes, latin1 } from './support.ts'

test('a transport that can only be read delivers as well, as long as there is room', async () => {
  const { ours, theirs, receiver, heard } = pair(2)
  const inflow = deliverTo(ours, receiver)
  for (const text of ['a', 'b', 'c']) await theirs.write([bytes(text)])
  await turn()
  expect(heard).toEqual(['a', 'b'])
  inflow.resume()
  await theirs.end()
  await turn()
  expect(heard).toEqual(['a', 'b', 'c', 'end'])
})

test('a loss is told', async () => {
  const { ours, theirs, receiver, heard } = pair()
  deliverTo(ours, receiver)
  theirs.abort()
  await turn()
  expect(heard).toEqual(['NET_CONN_RESET'])
})

test('stopped, it gives back the read that is under way', async () => {
  const { ours, theirs, receiver, heard } = pair()
  const reading = deliverTo(ours, receiver).stop()
  await theirs.write([bytes('a')])
  expect(latin1((await reading) ?? null)).toBe('a')
  expect(heard).toEqual([])
})

function pair(room = Infinity) {
  const [ours, theirs] = memoryPair()
  const heard: string[] = []
  const receiver: ByteReceiver = {
    arrived(chunk) {
      heard.push(latin1(chunk))
      return heard.length !== room
    },
    ended: () => void heard.push('end'),
    lost: ({ code }) => void heard.push(code),
  }
  return { ours, theirs, receiver, heard }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
