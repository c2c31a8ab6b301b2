import { fromText } from '@net/core'
import { expect, test } from 'vitest'

import { openJoined } from '../src/joined-source.ts'

async function* streamed(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text)
}

async function textOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const all: Uint8Array[] = []
  for await (const chunk of chunks) all.push(chunk)
  return Buffer.concat(all).toString()
}

test('bytes and sources, one behind the other, with their length and whether they can be read again', async () => {
  await using known = await openJoined([Buffer.from('a'), new Blob(['bc']), fromText('d')])
  expect([known.size, known.replayable]).toEqual([4, true])
  expect(await textOf(known.chunks())).toBe('abcd')
  await using once = await openJoined([Buffer.from('a'), streamed('bc')])
  expect([once.size, once.replayable]).toEqual([undefined, false])
  expect(await textOf(once.chunks())).toBe('abc')
})

test('what is closed gives no end that could pass for one', async () => {
  const source = await openJoined([Buffer.from('a'), Buffer.from('b')])
  const chunks = source.chunks()[Symbol.asyncIterator]()
  expect((await chunks.next()).done).toBe(false)
  await source.close()
  await expect(chunks.next()).rejects.toMatchObject({ code: 'NET_CLOSED' })
})

test('a source that cannot be opened lets go of those before it', async () => {
  const used = streamed('x')
  await using first = await openJoined([used])
  await textOf(first.chunks())
  await expect(openJoined([fromText('a'), used])).rejects.toMatchObject({
    code: 'NET_BODY_NOT_REPLAYABLE',
  })
})
