import { expect, test } from 'vitest'

import { netError } from '@net/core/authoring'

import { lost, lostInHandshake } from '../src/lost.ts'

test('an error of the transport becomes one of the call, with the same code', () => {
  const cause = netError('NET_CONN_RESET', { message: 'x', protocol: 'tcp', phase: 'receive' })
  const error = lost(cause, 'control')
  expect(error).toMatchObject({
    code: 'NET_CONN_RESET',
    message: 'the control connection was reset',
    cause,
  })
  expect(error.phase).toBeUndefined()
  expect(lost(cause, 'data').phase).toBe('receive')
})

test('what is known already passes, and what is foreign is translated', () => {
  const ours = netError('NET_PROTO_LIMIT', { message: 'x' })
  expect(lost(ours, 'control')).toBe(ours)
  const foreign = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })
  expect(lost(foreign, 'control')).toMatchObject({
    code: 'NET_CONN_CLOSED',
    protocol: 'ftp',
    cause: foreign,
  })
})

test('in a handshake only a loss is told anew', () => {
  const refused = netError('NET_TLS_CERT_HOST', { message: 'x', protocol: 'tls' })
  expect(lostInHandshake(refused, 'data')).toBe(refused)
  const gone = netError('NET_CONN_CLOSED', { message: 'x', protocol: 'tls', phase: 'receive' })
  expect(lostInHandshake(gone, 'control')).toMatchObject({
    message: 'the control connection was closed',
  })
})
