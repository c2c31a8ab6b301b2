import { Readable } from 'node:stream'

import { fromText } from '@net/core'
import type { Taken } from '@net/core/authoring'
import * as http from '@net/http'
import { startHttpServer } from '@net/http/testing'
import { expect, test } from 'vitest'

import { bodyOf, type BodyOptions } from '../src/request-body.ts'

const made = (options: Taken<BodyOptions>): unknown => {
  const typed = bodyOf(options, JSON.stringify)
  const bytes = typed?.body.bytes
  return [bytes && Buffer.from(bytes).toString(), typed?.type, typed?.body.replayable]
}

test('[HTTP-14] forms, text and bytes', () => {
  expect(made({ form: { a: '1 2', b: ['x', 'y'] } })).toEqual([
    'a=1+2&b=x&b=y',
    'application/x-www-form-urlencoded',
    true,
  ])
  expect(made({ body: 'grüß' })).toEqual(['grüß', 'text/plain;charset=UTF-8', true])
  expect(made({ body: Buffer.from([65]) })).toEqual(['A', undefined, true])
})

test('[HTTP-13] JSON, with a serializer of the caller', () => {
  expect(made({ json: { a: 1 } })).toEqual(['{"a":1}', 'application/json', true])
  expect(made({ json: null })).toEqual(['null', 'application/json', true])
  const typed = bodyOf({ json: 5n }, (value) => `"${String(value)}n"`)
  expect(Buffer.from(typed!.body.bytes!).toString()).toBe('"5n"')
})

test('sources know whether they can be sent again', () => {
  const stream = async function* (): AsyncGenerator<Uint8Array> {
    yield new Uint8Array(1)
  }
  expect(bodyOf({ body: stream() }, JSON.stringify)?.body).toMatchObject({ replayable: false })
  expect(bodyOf({ body: stream }, JSON.stringify)?.body).toMatchObject({ replayable: true })
  expect(bodyOf({ body: fromText('x') }, JSON.stringify)?.body).toMatchObject({ replayable: true })
  const blob = new Blob(['x'], { type: 'image/png' })
  expect(bodyOf({ body: blob }, JSON.stringify)?.type).toBe('image/png')
  expect(bodyOf({}, JSON.stringify)).toBeUndefined()
})

test.each<[string, Taken<BodyOptions>]>([
  ['two at once', { json: 1, body: 'x' }],
  ['a function as JSON', { json: () => 1 }],
  ['a circle', { json: Object.assign([] as unknown[], { 0: 1n }) }],
  ['a number as a body', { body: 5 as unknown as string }],
])('%s is refused', (_name, options) => {
  expect(() => bodyOf(options, JSON.stringify)).toThrow(
    expect.objectContaining({ code: 'NET_BAD_OPTION' }),
  )
})

test('a source that fails without an error fails the call all the same', async () => {
  await using server = await startHttpServer()
  const body = new ReadableStream({ pull: (controller) => controller.error() })
  const call = http.put(`${server.url}/echo`, { body, retry: false })
  await expect(call).rejects.toMatchObject({ message: 'undefined was thrown' })
})

test('a body whose stream fails before the connection is there fails the call with its own error', async () => {
  await using server = await startHttpServer()
  const fault = new Error('the disk is on fire')
  const body = new Readable({ read() {} })
  const call = http.post(`${server.url}/json`, { body })
  body.destroy(fault)
  await expect(call).rejects.toBe(fault)
})
