import { gunzipSync } from 'node:zlib'

import { useFakeClock } from '@net/core/testing'
import { expect, test } from 'vitest'

import { answerOf, fieldsOf, has, piecesOf } from '../../src/testing/answer.ts'
import type { Reply } from '../../src/testing/route.ts'
import { ArrivingRequest } from '../../src/testing/seen-request.ts'

const asked = (fields: readonly string[] = [], method = 'GET'): ArrivingRequest =>
  new ArrivingRequest({ method, target: '/', fields })

async function made(reply: Reply, request = asked()): Promise<[number, string, string[]]> {
  const { status, fields, body } = answerOf(reply, request)
  const pieces = body === undefined ? [] : await Array.fromAsync(body)
  const shown = fields.flatMap((each, at) =>
    at % 2 === 0 && each !== 'date' ? [`${each}: ${fields[at + 1]}`] : [],
  )
  return [status, shown.join(', '), pieces.map((piece) => Buffer.from(piece).toString('latin1'))]
}

test('text, bytes and JSON have their length', async () => {
  expect(await made({ body: 'häh' })).toEqual([200, 'content-length: 4', ['hÃ¤h']])
  expect(await made({ body: Uint8Array.of(65) })).toEqual([200, 'content-length: 1', ['A']])
  expect(await made({ json: { a: 1 }, status: 201 })).toEqual([
    201,
    'content-type: application/json, content-length: 7',
    ['{"a":1}'],
  ])
  expect(await made({})).toEqual([200, 'content-length: 0', []])
})

test('what is iterated, chunked or ended by the connection has none', async () => {
  expect(await made({ body: ['a', Buffer.from('b')] })).toEqual([200, '', ['a', 'b']])
  expect(await made({ body: 'abcde', framing: 'chunked', chunkSize: 2 })).toEqual([
    200,
    '',
    ['ab', 'cd', 'e'],
  ])
  expect(await made({ body: 'a', framing: 'close' })).toEqual([200, '', ['a']])
  const { trailers, framing } = answerOf({ body: 'a', trailers: { 'x-end': '1' } }, asked())
  expect([trailers, framing]).toEqual([['x-end', '1'], 'chunked'])
})

test('where there is no body, none is made', async () => {
  expect(await made({ status: 204, body: 'a' })).toEqual([204, '', []])
  expect(await made({ status: 304 })).toEqual([304, '', []])
  expect(await made({ body: 'abc' }, asked([], 'HEAD'))).toEqual([200, 'content-length: 3', []])
})

test('a coding, whole and streamed', async () => {
  const [, fields, [body]] = await made({ body: 'abc', coding: 'gzip' })
  expect(fields).toContain('content-encoding: gzip')
  expect(gunzipSync(Buffer.from(body!, 'latin1')).toString()).toBe('abc')
  const [, , pieces] = await made({ body: ['abc', 'def'], coding: 'gzip' })
  expect(gunzipSync(Buffer.from(pieces.join(''), 'latin1')).toString()).toBe('abcdef')
})

test('a part where one is asked for, and may be', async () => {
  const range = ['range', 'bytes=1-2']
  const reply = { body: 'abcd', ranges: true, headers: { etag: '"1"' } }
  expect(await made(reply, asked(range))).toEqual([
    206,
    'accept-ranges: bytes, content-range: bytes 1-2/4, etag: "1", content-length: 2',
    ['bc'],
  ])
  expect(await made({ body: 'abcd' }, asked(range))).toEqual([200, 'content-length: 4', ['abcd']])
  expect((await made(reply, asked(['range', 'bytes=9-'])))[0]).toBe(416)
  expect((await made(reply, asked(['if-none-match', '"1"'])))[0]).toBe(304)
  expect((await made({ ...reply, status: 404 }, asked(range)))[0]).toBe(404)
})

test('the date is that of the clock, unless the reply has one', () => {
  using _ = useFakeClock()
  const { fields } = answerOf({}, asked())
  expect(fields.at(-1)).toMatch(/^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/)
  expect(answerOf({ headers: { Date: 'then' } }, asked()).fields).toEqual([
    'Date',
    'then',
    'content-length',
    '0',
  ])
})

test('headers as lines, pieces as bytes', async () => {
  const fields = fieldsOf({ a: ['1', '2'], B: 3 })
  expect(fields).toEqual(['a', '1', 'a', '2', 'B', '3'])
  expect([has(fields, 'b'), has(fields, '1')]).toEqual([true, false])
  expect(await Array.fromAsync(piecesOf('é'))).toEqual([Buffer.from('é')])
})
