import { defineErrorTable, netError } from '@net/core/authoring'
import { isEnd, lossInHandshake, lossOf, type LossPlace } from '@net/socket/authoring'
import { expect, test } from 'vitest'

const place: LossPlace = {
  protocol: 'test',
  errors: defineErrorTable([]),
  what: 'the control connection',
}

test('an error of the transport becomes one of the call, with the same code', () => {
  const cause = netError('NET_CONN_RESET', { message: 'x', protocol: 'tcp', phase: 'receive' })
  const error = lossOf(cause, place)
  expect(error).toMatchObject({
    code: 'NET_CONN_RESET',
    message: 'the control connection was reset',
    cause,
  })
  expect(error.phase).toBeUndefined()
  expect(error).not.toHaveProperty('operation')
  expect(lossOf(cause, { ...place, keepsPhase: true }).phase).toBe('receive')
})

test('what is known already passes, and what is foreign is translated', () => {
  for (const protocol of [undefined, 'test']) {
    const ours = netError('NET_PROTO_LIMIT', { message: 'x', ...(protocol && { protocol }) })
    expect(lossOf(ours, place)).toBe(ours)
  }
  const foreign = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })
  expect(lossOf(foreign, place)).toMatchObject({
    code: 'NET_CONN_CLOSED',
    protocol: 'test',
    cause: foreign,
  })
})

test('in a handshake only a loss is told anew', () => {
  const refused = netError('NET_TLS_CERT_HOST', { message: 'x', protocol: 'tls' })
  expect(lossInHandshake(refused, place)).toBe(refused)
  const gone = netError('NET_CONN_CLOSED', { message: 'x', protocol: 'tls', phase: 'receive' })
  expect(lossInHandshake(gone, place)).toMatchObject({
    message: 'the control connection was closed',
  })
})

test('an end without the close_notify of TLS is an end', () => {
  expect(isEnd(netError('NET_PROTO_INCOMPLETE', { message: 'x', protocol: 'tls' }))).toBe(true)
  expect(isEnd(netError('NET_PROTO_INCOMPLETE', { message: 'x', protocol: 'test' }))).toBe(false)
  expect(isEnd(new Error('x'))).toBe(false)
})
