import { expect, test } from 'vitest'

import { connect } from '@net/ftp'
import { startFtpServer } from '@net/ftp/testing'

import { ChunkHandoff } from '../src/chunk-handoff.ts'

test('one chunk at a time, and no more bytes than there may be', async () => {
  const handoff = new ChunkHandoff(5)
  let taken = 0
  void handoff.put(Buffer.from('abc')).then(() => {
    taken = 1
    void handoff.put(Buffer.from('def'))
  })
  const got: string[] = []
  for await (const chunk of handoff.chunks()) {
    got.push(Buffer.from(chunk).toString())
    if (got.length === 1) expect(taken).toBe(0)
  }
  expect(got).toEqual(['abc', 'de'])
})

test('a failure comes behind what was put', async () => {
  const handoff = new ChunkHandoff(Infinity)
  void handoff.put(Buffer.from('abc')).then(() => handoff.fail(new Error('gone')))
  const chunks = handoff.chunks()
  expect((await chunks.next()).value).toEqual(Buffer.from('abc'))
  await expect(chunks.next()).rejects.toThrow('gone')
})

test('[FTP-34] a remote file is a stream of its bytes, or of a part of them', async () => {
  await using server = await startFtpServer({ files: { '/a': '0123456789' } })
  await using client = await connect(server.url)
  const text = async (options?: { start?: number; end?: number }): Promise<string> =>
    Buffer.concat(await Array.fromAsync(client.read('a', options))).toString()
  expect(await text()).toBe('0123456789')
  expect(await text({ start: 3 })).toBe('3456789')
  expect(await text({ start: 3, end: 6 })).toBe('345')
  expect(await text({ end: 2 })).toBe('01')
  expect(await text({ start: 10 })).toBe('')
  expect(await text({ end: 0 })).toBe('')
})

test('a loop that is left frees the session, and meanwhile nobody waits for it', async () => {
  await using server = await startFtpServer({ files: { '/a': Buffer.alloc(5_000_000) } })
  await using client = await connect(server.url)
  let size = 0
  for await (const chunk of client.read('a')) {
    size = chunk.length
    await expect(client.size('a')).rejects.toMatchObject({ code: 'NET_BUSY' })
    break
  }
  expect(size).toBeGreaterThan(0)
  expect(await client.size('a')).toBe(5_000_000)
  const reading = Array.fromAsync(client.read('none'))
  await expect(reading).rejects.toMatchObject({ code: 'NET_NOT_FOUND', operation: 'read' })
})
