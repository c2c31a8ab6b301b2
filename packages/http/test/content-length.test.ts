import * as http from '@net/http'
import { expect, test } from 'vitest'

import { answerOf, startRawServer } from './raw-server.ts'

const bodies: readonly (readonly [name: string, options: http.RequestOptions])[] = [
  ['no body', {}],
  ['bytes', { body: Buffer.from('abc') }],
  ['a text', { body: 'abc' }],
  ['JSON', { json: 123 }],
  ['a source of known length', { body: new Blob(['abc']) }],
]

for (const [what, options] of bodies) {
  test.for(['2', '5', '03x', '3, 3', '+3', '-3', '1e0', '0x3', ''])(
    `${what} with a Content-Length of '%s' is refused, and the next call is not touched by it`,
    async (length) => {
      await using server = await startRawServer((socket) => socket.write(answerOf('ok')))
      await using client = http.createClient({ baseUrl: server.url })
      expect(await client.get('/first').text()).toBe('ok')
      const headers = { 'content-length': length }
      const call = client.post('/', { ...options, headers })
      const isLength = /^\d+$/.test(length)
      await expect(call).rejects.toMatchObject({
        code: isLength ? 'NET_SIZE_MISMATCH' : 'NET_BAD_OPTION',
        retry: 'never',
      })
      expect(await client.get('/last').text()).toBe('ok')
      const heard = Buffer.concat(server.heard).toString('latin1')
      expect(heard.match(/^\w+ \S+/gm)).toEqual(['GET /first', 'GET /last'])
    },
  )

  test(`${what} with its own length as Content-Length is sent as it is`, async () => {
    await using server = await startRawServer((socket) => socket.write(answerOf('ok')))
    await using client = http.createClient({ baseUrl: server.url })
    const length = Object.keys(options).length === 0 ? '0' : '3'
    const headers = { 'content-length': length }
    expect(await client.post('/', { ...options, headers }).text()).toBe('ok')
    expect(server.heard[0]!.toString().match(/content-length: \d+/g)).toEqual([
      `content-length: ${length}`,
    ])
  })
}
