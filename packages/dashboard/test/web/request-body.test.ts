import { Readable } from 'node:stream'
import type { IncomingMessage } from 'node:http'

import { expect, test } from 'vitest'

import { jsonBody } from '../../src/web/request-body.ts'

function request(text: string, length?: number): IncomingMessage {
  const headers = length === undefined ? {} : { 'content-length': String(length) }
  return Object.assign(Readable.from([Buffer.from(text)]), {
    headers,
  }) as unknown as IncomingMessage
}

test('a body within the limit is read as JSON', async () => {
  expect(await jsonBody(request('{"a":1}'), 7)).toEqual({ a: 1 })
})

test.each([
  ['longer than it may be', request('{"a":12}'), 413],
  ['announced longer than it may be', request('', 1000), 413],
  ['no JSON', request('hello'), 400],
])('a body that is %s is refused', async (_, given, status) => {
  await expect(jsonBody(given, 7)).rejects.toMatchObject({ status })
})
