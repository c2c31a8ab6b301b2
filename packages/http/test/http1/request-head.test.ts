import { expect, test } from 'vitest'

import { RequestHeads } from '../../src/http1/request-head.ts'

test('a head has Host, Connection, the fields and what is added', () => {
  const heads = new RequestHeads('shop.test:81')
  expect(heads.text('GET', '/a', ['accept', '*/*'], 'expect: 100-continue\r\n')).toBe(
    'GET /a HTTP/1.1\r\nhost: shop.test:81\r\nconnection: keep-alive\r\naccept: */*\r\nexpect: 100-continue\r\n\r\n',
  )
})

test('each request has its own line and its own fields', () => {
  const heads = new RequestHeads('shop.test')
  const fields = ['accept', '*/*']
  const start = 'HTTP/1.1\r\nhost: shop.test\r\nconnection: keep-alive\r\n'
  expect(heads.text('GET', '/a', fields)).toBe(`GET /a ${start}accept: */*\r\n\r\n`)
  expect(heads.text('PUT', '/b', fields)).toBe(`PUT /b ${start}accept: */*\r\n\r\n`)
  expect(heads.text('PUT', '/b', ['x', '1'])).toBe(`PUT /b ${start}x: 1\r\n\r\n`)
})

test('for a proxy that passes requests on, each says where it is to go', () => {
  const heads = new RequestHeads('shop.test:81', (method, target) => [
    'x-asked',
    `${method} ${target}`,
  ])
  expect(heads.text('GET', '/a?b', [])).toBe(
    'GET http://shop.test:81/a?b HTTP/1.1\r\nhost: shop.test:81\r\nconnection: keep-alive\r\nx-asked: GET http://shop.test:81/a?b\r\n\r\n',
  )
  expect(new RequestHeads('shop.test', () => []).text('GET', '/', [])).toContain(
    'GET http://shop.test/ ',
  )
})

test('a Host of the caller stands alone', () => {
  const heads = new RequestHeads('shop.test')
  expect(heads.text('GET', '/', ['Host', 'other.test'])).toBe(
    'GET / HTTP/1.1\r\nconnection: keep-alive\r\nHost: other.test\r\n\r\n',
  )
})
