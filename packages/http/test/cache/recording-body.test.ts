import * as http from '@net/http'
import { startHttpServer } from '@net/http/testing'
import { expect, test } from 'vitest'

import { ReceivedBody, wholeBody } from '../../src/body.ts'
import { RecordingBody } from '../../src/cache/recording-body.ts'

interface Kept {
  readonly told: string[]
  readonly body: RecordingBody
}

function recording(inner: ReceivedBody, most = 100): Kept {
  const told: string[] = []
  const body = new RecordingBody(inner, most, {
    whole: (bytes) => told.push(Buffer.from(bytes).toString()),
    lost: () => told.push('lost'),
  })
  return { told, body }
}

const flow = { pause() {}, resume() {}, abandon() {} }

test('a body that is read to its end is kept, whatever its reader does to the bytes', async () => {
  const { told, body } = recording(wholeBody(Buffer.from('whole')))
  for await (const chunk of body) chunk.fill(0)
  expect([told, await body.closed]).toEqual([['whole'], undefined])
})

test('a body that its reader leaves, cancels or cannot get is lost', async () => {
  const left = recording(wholeBody(Buffer.from('left')))
  for await (const chunk of left.body) {
    expect(chunk).toHaveLength(4)
    break
  }
  const cancelled = recording(wholeBody(Buffer.from('cancelled')))
  cancelled.body.cancel()
  const broken = new ReceivedBody(flow, undefined, Infinity)
  const failed = recording(broken)
  broken.fail(Object.assign(new Error('cut')) as never)
  await expect(failed.body[Symbol.asyncIterator]().next()).rejects.toThrow('cut')
  for (const { told } of [left, cancelled, failed]) {
    expect(told.length).toBeGreaterThan(0)
    expect(new Set(told)).toEqual(new Set(['lost']))
  }
})

test('one that is too long is read and not kept, whether its length was told or not', async () => {
  const announced = recording(wholeBody(Buffer.from('announced')), 3)
  expect(announced.told).toEqual(['lost'])
  const growing = new ReceivedBody(flow, undefined, Infinity)
  growing.push(Buffer.from('ab'))
  growing.push(Buffer.from('cd'))
  growing.end()
  const grown = recording(growing, 3)
  const chunks: Uint8Array[] = []
  for await (const chunk of grown.body) chunks.push(chunk)
  expect(Buffer.concat(chunks).toString()).toBe('abcd')
  expect(grown.told).toEqual(['lost'])
})

test('what was kept is taken back where its coding turns out to be broken', async () => {
  const { told, body } = recording(wholeBody(Buffer.from('whole')))
  for await (const chunk of body) expect(chunk).toHaveLength(5)
  body.cancel()
  expect(told).toEqual(['whole', 'lost'])
})

test('what was read to its end stays, though its reader lets go of it then', async () => {
  const headers = { 'cache-control': 'max-age=60' }
  const lines = 'a line\n'.repeat(30_000)
  await using server = await startHttpServer({
    routes: {
      '/long': { headers, framing: 'chunked', body: lines },
      '/zip': { headers, coding: 'gzip', json: { id: 1 } },
    },
  })
  await using client = http.createClient({ baseUrl: server.url, cache: true })
  const disposed = async (path: string): Promise<number> => {
    await using response = await client.get(path)
    return (await response.text()).length
  }
  const counted = async (): Promise<number> => {
    let count = 0
    for await (const line of client.get('/long').lines()) count += line.length
    return count
  }
  expect([await counted(), await disposed('/long')]).toEqual([180_000, lines.length])
  expect([await disposed('/zip'), await disposed('/zip')]).toEqual([8, 8])
  expect(server.received.map(({ path }) => path)).toEqual(['/long', '/zip'])
})
