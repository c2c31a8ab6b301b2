import { randomBytes } from 'node:crypto'

import { expect, test } from 'vitest'

import { contentBytes, contentOf, postDataOf } from '../../src/har/content.ts'
import { secretNames } from '@net/core/authoring'

const isSecret = secretNames()

test('text as it is with its pieces, other bytes in base64', () => {
  const text = contentOf([Buffer.from('grü'), Buffer.from('ße')], 'text/plain', isSecret)
  expect(text).toEqual({ size: 7, mimeType: 'text/plain', text: 'grüße', _chunks: [4, 3] })
  const bytes = randomBytes(1_000_000)
  const binary = contentOf([bytes], 'image/png', isSecret)
  expect(binary.encoding).toBe('base64')
  expect(contentBytes(binary.text!, binary.encoding).equals(bytes)).toBe(true)
})

test('JSON without secrets; what only says that it is JSON stays', () => {
  const type = 'application/problem+json; charset=utf-8'
  const secret = contentOf([Buffer.from('{"token":'), Buffer.from('"abc"}')], type, isSecret)
  expect(secret).toEqual({ size: 15, mimeType: type, text: '{"token":"[secret]"}' })
  expect(contentOf([Buffer.from('{ "a": 1 }')], type, isSecret).text).toBe('{ "a": 1 }')
  expect(contentOf([Buffer.from('{"token"')], type, isSecret).text).toBe('{"token"')
})

test('the fields of forms by name, files with theirs', async () => {
  const urlencoded = 'application/x-www-form-urlencoded'
  expect(await postDataOf(Buffer.from('a=1&password=x'), urlencoded, isSecret)).toEqual({
    mimeType: urlencoded,
    params: [
      { name: 'a', value: '1' },
      { name: 'password', value: '[secret]' },
    ],
  })
  const form = new FormData()
  form.append('token', 'abc')
  form.append('file', new File([Buffer.from([0xff])], 'a.bin', { type: 'x/y' }))
  const encoded = new Response(form)
  const type = encoded.headers.get('content-type')!
  expect(await postDataOf(Buffer.from(await encoded.arrayBuffer()), type, isSecret)).toEqual({
    mimeType: 'multipart/form-data',
    params: [
      { name: 'token', value: '[secret]' },
      { name: 'file', value: '/w==', _encoding: 'base64', fileName: 'a.bin', contentType: 'x/y' },
    ],
  })
  const broken = await postDataOf(Buffer.from('oh'), 'multipart/form-data; boundary=x', isSecret)
  expect(broken.text).toBe('oh')
})
