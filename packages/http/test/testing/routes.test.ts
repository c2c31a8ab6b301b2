import { gunzipSync } from 'node:zlib'

import { useFakeClock } from '@net/core/testing'
import * as http from '@net/http'
import { standardRoutes, startHttpServer } from '@net/http/testing'
import { expect, test } from 'vitest'

test('documents, echoes, statuses and bodies of any size', async () => {
  await using server = await startHttpServer()
  await using client = http.createClient({ baseUrl: server.url })
  expect(await client.get('/json').json()).toEqual({ id: 1, title: 'Hello', tags: ['a', 'b'] })
  expect(await client.put('/echo?a=1', { body: 'text' }).json()).toMatchObject({
    method: 'PUT',
    query: [['a', '1']],
    body: 'text',
  })
  expect((await client.get('/status/202')).status).toBe(202)
  expect(await client.get('/bytes/65537').bytes()).toHaveLength(65_537)
  expect(await client.get('/redirect/302').json()).toMatchObject({ id: 1 })
})

test('zeros, compressed member by member', async () => {
  await using server = await startHttpServer()
  const raw = await http.get(`${server.url}/gzip/2000000`, { decompress: false }).bytes()
  expect(gunzipSync(raw).equals(Buffer.alloc(2 * 1_048_576))).toBe(true)
})

test('a byte a second', async () => {
  using clock = useFakeClock()
  await using server = await startHttpServer()
  await using client = http.createClient({ baseUrl: server.url })
  await using response = await client.get('/drip')
  let length = 0
  const reading = (async () => {
    for await (const chunk of response.body) length += chunk.length
  })()
  await clock.until(() => length === 1)
  await clock.advance(1000)
  await clock.until(() => length === 2)
  response.body.cancel()
  await expect(reading).rejects.toMatchObject({ code: 'NET_CLOSED' })
  expect(Object.keys(standardRoutes)).toContain('/drip')
})
