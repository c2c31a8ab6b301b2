import { defineErrorTable, netError } from '@net/core/authoring'
import {
  endedBefore,
  isEnd,
  lossInHandshake,
  lossOf,
  whatHappened,
  type LossPlace,
} from '@net/socket/authoring'
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

test('in a handshake only a loss is reported anew', () => {
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

test('a call that finds its session over gets a loss with the words of the peer, safe to repeat', () => {
  const reply = { status: 421, text: 'idle too long' }
  const cause = netError('NET_CONN_SHUTDOWN', {
    message: 'the server left',
    reply,
    protocol: 'test',
    operation: 'noop',
  })
  expect(whatHappened(cause)).toBe('the server left')
  expect(endedBefore(cause)).toMatchObject({
    code: 'NET_CONN_SHUTDOWN',
    message: expect.stringMatching(/nothing was sent; connect again: the server left$/),
    retry: 'safe',
    reply,
    cause,
  })
  const limit = netError('NET_TIMEOUT_REPLY', { message: 'no reply' })
  expect(endedBefore(limit)).toMatchObject({ code: 'NET_CONN_CLOSED', retry: 'safe' })
})

test('where the client or its caller ended the session, it says so', () => {
  expect(endedBefore(undefined)).toMatchObject({ code: 'NET_CLOSED' })
  const closed = netError('NET_CLOSED', { message: 'x' })
  expect(endedBefore(closed)).toMatchObject({ code: 'NET_CLOSED', cause: closed })
  const aborted = netError('NET_ABORTED', { message: 'x' })
  expect(endedBefore(aborted)).toMatchObject({ code: 'NET_CLOSED', retry: 'safe', cause: aborted })
})
