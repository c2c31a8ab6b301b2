import { createResponse } from '@net/http'
import { expect, test } from 'vitest'

test('status, words, headers, URL, version and whether it is fine', async () => {
  const made = createResponse({
    status: 201,
    statusText: 'Made',
    headers: { 'x-a': '1' },
    text: 'x',
  })
  expect(made).toMatchObject({ status: 201, statusText: 'Made', ok: true, url: '' })
  expect(made.headers.get('X-A')).toBe('1')
  expect(made.protocol).toBeUndefined()
  expect(await made.text()).toBe('x')
  expect(createResponse({ status: 404 }).ok).toBe(false)
})

test('JSON has its type, unless another one is given', async () => {
  expect(createResponse({ json: [1] }).headers.get('content-type')).toBe('application/json')
  const headers = { 'content-type': 'application/problem+json' }
  const made = createResponse({ json: [1], headers })
  expect(made.headers.get('content-type')).toBe('application/problem+json')
  expect(await made.json()).toEqual([1])
})
