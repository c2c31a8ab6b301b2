import { openQueue } from '@net/queue'
import { expect, test } from 'vitest'

test('queues of one name in memory are one, those of others are not', async () => {
  await using first = openQueue<string>('shared')
  await using second = openQueue<string>('shared')
  await using other = openQueue<string>('not-shared')
  await first.add('x', { id: 'a' })
  expect(await second.get('a')).toMatchObject({ payload: 'x' })
  expect(await other.get('a')).toBeUndefined()
})

test('names and URLs are checked', () => {
  expect(() => openQueue('two words')).toThrow('the name must be')
  expect(() => openQueue('a', { url: 'http://localhost' })).toThrow(
    expect.objectContaining({ code: 'NET_BAD_URL' }),
  )
  expect(() => openQueue('a', { keep: { done: { age: -1 } } })).toThrow('keep.done.age')
})
