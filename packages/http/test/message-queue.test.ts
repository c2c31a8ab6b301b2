import { netError } from '@net/core/authoring'
import { expect, test } from 'vitest'

import { MessageQueue } from '../src/message-queue.ts'

test('messages in order, to those who wait in order', async () => {
  const queue = new MessageQueue()
  queue.push('a')
  const waiting = [queue.next(), queue.next(), queue.next()]
  queue.push('b')
  queue.push(Uint8Array.of(1))
  expect(await Promise.all(waiting.map(({ message }) => message))).toEqual([
    'a',
    'b',
    Uint8Array.of(1),
  ])
})

test('what is there is given before the end', async () => {
  const queue = new MessageQueue()
  queue.push('a')
  queue.end(undefined)
  queue.push('late')
  expect([await queue.next().message, await queue.next().message]).toEqual(['a', null])
  const failed = new MessageQueue()
  const waiting = failed.next().message
  failed.end(netError('NET_CONN_RESET', { message: 'reset' }))
  await expect(waiting).rejects.toMatchObject({ code: 'NET_CONN_RESET' })
  await expect(failed.next().message).rejects.toMatchObject({ code: 'NET_CONN_RESET' })
})

test('behind what was dropped nothing is given: no reader finds a gap', async () => {
  const queue = new MessageQueue()
  queue.push('first')
  const first = await queue.next().message
  queue.push('dropped')
  queue.drop()
  queue.push('later')
  queue.end(undefined)
  expect([first, await queue.next().message]).toEqual(['first', null])
})

test('there is room again when enough was taken, dropped, or when it is over', async () => {
  for (const make of [
    (queue: MessageQueue) => void queue.next(),
    (queue: MessageQueue) => queue.drop(),
    (queue: MessageQueue) => queue.end(undefined),
  ]) {
    const queue = new MessageQueue()
    queue.push('x'.repeat(70_000))
    const room = queue.room
    expect(queue.isFull).toBe(true)
    expect(room).toBeInstanceOf(Promise)
    make(queue)
    await room
    expect(queue.room).toBeUndefined()
  }
})

test('a wait that is taken back takes no message', async () => {
  const queue = new MessageQueue()
  const given = queue.next()
  const kept = queue.next()
  given.cancel(new Error('enough'))
  await expect(given.message).rejects.toThrow('enough')
  queue.push('a')
  expect(await kept.message).toBe('a')
  kept.cancel(new Error('too late'))
})

test('a message that is given back is for the next, and a wait that was taken back has none', async () => {
  const queue = new MessageQueue()
  queue.push('a')
  queue.push('b')
  const first = queue.next()
  first.giveBack()
  expect([await queue.next().message, await queue.next().message]).toEqual(['a', 'b'])
  const waiting = [queue.next(), queue.next(), queue.next()]
  queue.push('c')
  waiting[0]?.giveBack()
  expect(await waiting[1]?.message).toBe('c')
  waiting[2]?.giveBack()
  queue.push('d')
  expect(await waiting[2]?.message).toBe('d')
  waiting[1]?.giveBack()
  queue.end(undefined)
  expect([await queue.next().message, await queue.next().message]).toEqual(['c', null])
  queue.next().giveBack()
  expect(await queue.next().message).toBeNull()
})
