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

test('parts, chunks, trailers, codings and interim responses', async () => {
  await using server = await startHttpServer()
  await using client = http.createClient({ baseUrl: server.url })
  const part = await client.get('/ranges/10', { headers: { range: 'bytes=4-7' } })
  expect([part.status, await part.text()]).toEqual([206, 'net '])
  expect(await client.get('/chunks/1050?size=100').bytes()).toHaveLength(1050)
  expect(await client.get('/trailers').text()).toBe('then trailers\n')
  for (const coding of ['gzip', 'deflate', 'br'])
    expect(await client.get(`/coded/${coding}?size=8`).text()).toBe('net net ')
  const heard: number[] = []
  await client.get('/interim/103', { onInterim: ({ status }) => void heard.push(status) }).text()
  expect(heard).toEqual([103])
  expect(await client.put('/hash', { body: 'abc' }).json()).toEqual({
    sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    size: 3,
  })
})

test.each(['/redirect/2', '/status/99', '/interim/200', '/coded/lzw'])(
  '%s says what is possible',
  async (path) => {
    await using server = await startHttpServer()
    const error: unknown = await http.get(server.url + path).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({
      status: 400,
      reply: { text: expect.stringMatching(/from|are/) as string },
    })
  },
)

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
