import { netError } from '@net/core/authoring'
import { expect, test } from 'vitest'

import { RequestContent } from '../../src/testing/request-content.ts'

const bytes = (text: string): Uint8Array => Buffer.from(text)

test('what arrives before and after it is read', async () => {
  let wanted = 0
  const content = new RequestContent(() => (wanted += 1))
  content.push(bytes('one '))
  const all = content.bytes()
  content.push(bytes('two'))
  content.end()
  expect(Buffer.from(await all).toString()).toBe('one two')
  expect(wanted).toBe(1)
})

test('a route that does not read makes the client wait, until it reads or drops it', async () => {
  const content = new RequestContent()
  content.push(new Uint8Array(1_048_575))
  expect(content.room).toBeUndefined()
  content.push(bytes('!'))
  const room = content.room
  content.drop()
  await room
  content.push(bytes('more'))
  expect(content.room).toBeUndefined()
  expect(await content.bytes()).toHaveLength(0)
})

test('reading makes room', async () => {
  const content = new RequestContent()
  content.push(new Uint8Array(1_048_576))
  const { room } = content
  const reading = content[Symbol.asyncIterator]()
  expect((await reading.next()).value).toHaveLength(1_048_576)
  await room
})

test('a client that leaves within it is an error behind what came', async () => {
  const content = new RequestContent()
  content.push(bytes('half'))
  content.fail(netError('NET_CONN_CLOSED', { message: 'gone' }))
  const reading = content[Symbol.asyncIterator]()
  expect((await reading.next()).done).toBe(false)
  await expect(reading.next()).rejects.toThrow('gone')
})
