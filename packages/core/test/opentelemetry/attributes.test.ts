import { expect, test } from 'vitest'

import type { OperationEvent } from '@net/core'

import {
  attemptAttributes,
  callAttributes,
  outcomeAttributes,
  spanName,
  targetAttributes,
} from '../../src/opentelemetry/attributes.ts'

const event: OperationEvent = {
  version: 1,
  type: 'operation',
  state: 'end',
  id: 1,
  time: 0,
  protocol: 'http',
  operation: 'GET',
}

test.each([
  ['files.example:21', { 'server.address': 'files.example', 'server.port': 21 }],
  ['[2001:db8::1]:443', { 'server.address': '2001:db8::1', 'server.port': 443 }],
  ['/run/app.sock', { 'server.address': '/run/app.sock' }],
  [undefined, {}],
])('the peer %s', (endpoint, expected) => {
  const ssh = { ...event, protocol: 'ssh', operation: 'exec' }
  expect(callAttributes({ ...ssh, ...(endpoint === undefined ? {} : { endpoint }) })).toEqual({
    'network.protocol.name': 'ssh',
    'net.operation': 'exec',
    ...expected,
  })
})

test('an unknown method has no name of its own, and is an attribute', () => {
  const odd = { ...event, operation: 'BREW-4711' }
  expect(spanName(odd)).toBe('HTTP')
  expect(callAttributes(odd)['http.request.method']).toBe('_OTHER')
  expect(targetAttributes(odd)).toEqual({ 'http.request.method_original': 'BREW-4711' })
  expect([spanName(event), targetAttributes(event)]).toEqual(['GET', {}])
})

test('a URL is recorded without its signatures', () => {
  const target = 'https://store.example/a?X-Amz-Signature=f00&part=2&sig=bar'
  expect(targetAttributes({ ...event, target })).toEqual({
    'url.full': 'https://store.example/a?X-Amz-Signature=REDACTED&part=2&sig=REDACTED',
    'url.scheme': 'https',
  })
})

test('transports are named as such', () => {
  expect(callAttributes({ ...event, protocol: 'unix', operation: 'dial' })).toEqual({
    'network.transport': 'unix',
    'net.operation': 'dial',
  })
})

test('outcomes', () => {
  expect(outcomeAttributes({ ...event, outcome: 'ok', status: 204 })).toEqual({
    'http.response.status_code': 204,
  })
  expect(outcomeAttributes({ ...event, outcome: 'failed' })).toEqual({ 'error.type': '_OTHER' })
  expect(outcomeAttributes({ ...event, outcome: 'aborted' })).toEqual({ 'net.outcome': 'aborted' })
  expect(outcomeAttributes({ ...event, protocol: 'smtp', outcome: 'ok', status: 250 })).toEqual({
    'net.response.status_code': 250,
  })
})

test('attempts are numbered in the words of the protocol', () => {
  expect(attemptAttributes('http', 1)).toEqual({})
  expect(attemptAttributes('http', 3)).toEqual({ 'http.request.resend_count': 2 })
  expect(attemptAttributes('ftp', 3)).toEqual({ 'net.attempt': 3 })
})
