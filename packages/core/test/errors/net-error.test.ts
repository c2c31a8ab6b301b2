import { setTimeout as pause } from 'node:timers/promises'

import { inspect } from 'node:util'

import { expect, test } from 'vitest'

import {
  AbortError,
  ArgumentError,
  ConnectError,
  GroupError,
  isAbort,
  isNetError,
  isRetryable,
  NetError,
  NetTimeoutError,
  ProtocolError,
  ReplyError,
} from '@net/core'
import { addContext, codes, groupError, holdSecret, netError } from '@net/core/authoring'

import { redactForeign } from '../../src/errors/net-error.ts'

test('[CORE-01] one class catches every error of every code', () => {
  for (const code of Object.keys(codes) as (keyof typeof codes)[]) {
    const error = netError(code, { message: 'x', errors: [] })
    expect(error).toBeInstanceOf(NetError)
    expect(error).toBeInstanceOf(Error)
    expect(error.constructor.name).toBe(codes[code].class)
  }
})

test('[CORE-02] the code is stable and apart from the message', () => {
  const error = netError('NET_CONNECT_REFUSED', { message: 'the connection was refused' })
  expect(error.code).toBe('NET_CONNECT_REFUSED')
  expect(error).toBeInstanceOf(ConnectError)
  expect(error).not.toBeInstanceOf(ProtocolError)
})

test('[CORE-03] keeps the cause', () => {
  const cause = new Error('from the engine')
  expect(netError('NET_INTERNAL', { message: 'x', cause }).cause).toBe(cause)
  expect('cause' in netError('NET_INTERNAL', { message: 'x' })).toBe(false)
})

test('[CORE-04] a group holds all errors and can be split', () => {
  const refused = netError('NET_CONNECT_REFUSED', { message: 'refused' })
  const foreign = new TypeError('bug')
  const group = groupError([refused, foreign])
  expect(group).toBeInstanceOf(GroupError)
  expect(group.errors).toEqual([refused, foreign])
  const [ours, rest] = group.split(isNetError)
  expect(ours?.errors).toEqual([refused])
  expect(rest?.errors).toEqual([foreign])
  expect(group.split(() => true)[1]).toBeUndefined()
})

test('a group is as retryable as its worst member', () => {
  const safe = netError('NET_CONNECT_REFUSED', { message: 'x' })
  const unknown = netError('NET_CONN_RESET', { message: 'x' })
  expect(groupError([safe, safe]).retry).toBe('safe')
  expect(groupError([safe, unknown]).retry).toBe('idempotent')
  expect(groupError([safe, new Error('x')]).retry).toBe('never')
})

test('[CORE-05] carries what the peer answered, and where', () => {
  const error = netError('NET_REPLY_PERMANENT', {
    message: 'refused',
    endpoint: '127.0.0.1:21',
    reply: { status: 550, text: 'No such file' },
  })
  expect(error).toBeInstanceOf(ReplyError)
  expect(error.endpoint).toBe('127.0.0.1:21')
  expect(error.reply).toEqual({ status: 550, text: 'No such file' })
})

test('[CORE-07] carries what had arrived', () => {
  const partial = Uint8Array.of(1, 2, 3)
  const error = netError('NET_PROTO_INCOMPLETE', {
    message: 'cut',
    partial,
    received: 3,
    expected: 10,
  })
  expect(error.partial).toBe(partial)
  expect([error.received, error.expected]).toEqual([3, 10])
})

test('[CORE-08] every time limit is one class, with the phase and the limit', () => {
  const error = netError('NET_TIMEOUT_TLS', { message: 'too slow', phase: 'tls', limit: 10_000 })
  expect(error).toBeInstanceOf(NetTimeoutError)
  expect(error.name).toBe('TimeoutError')
  expect([error.phase, error.limit]).toEqual(['tls', 10_000])
})

test('[CORE-09] an abort differs from every failure', () => {
  const abort = netError('NET_ABORTED', { message: 'x' })
  expect(abort).toBeInstanceOf(AbortError)
  expect(abort.name).toBe('AbortError')
  expect(isAbort(abort)).toBe(true)
  expect(isAbort(new DOMException('x', 'AbortError'))).toBe(true)
  expect(isAbort(netError('NET_TIMEOUT_TOTAL', { message: 'x' }))).toBe(false)
  expect(isAbort(undefined)).toBe(false)
})

test('a time limit that the platform reports as an abort is a time limit', async () => {
  const hidden = await pause(1000, 0, { signal: AbortSignal.timeout(1) }).catch((e: unknown) => e)
  expect(hidden).toMatchObject({ name: 'AbortError', cause: { name: 'TimeoutError' } })
  expect(isAbort(hidden)).toBe(false)
  expect(isAbort(new DOMException('x', 'TimeoutError'))).toBe(false)
  const given = await pause(1000, 0, { signal: AbortSignal.abort('stop') }).catch((e: unknown) => e)
  expect(isAbort(given)).toBe(true)
  const circle = Object.assign(new Error('x'), { name: 'AbortError' })
  circle.cause = circle
  expect(isAbort(circle)).toBe(true)
})

test('a field that is unknown is absent', () => {
  const error = netError('NET_CLOSED', { message: 'x' })
  expect(Object.keys(error).toSorted()).toEqual(['code', 'retry'])
})

test('an error of another installed copy is recognised', () => {
  const foreign = Object.assign(new Error('x'), { code: 'NET_CLOSED' })
  expect(isNetError(foreign)).toBe(false)
  Object.defineProperty(foreign, Symbol.for('net.error'), { value: true })
  expect(isNetError(foreign)).toBe(true)
  expect(foreign instanceof NetError).toBe(false)
  class ArgumentErrorOfAnotherCopy extends Error {}
  Object.defineProperty(ArgumentErrorOfAnotherCopy, 'name', { value: 'ArgumentError' })
  Object.defineProperty(ArgumentErrorOfAnotherCopy.prototype, Symbol.for('net.error'), {
    value: true,
  })
  expect(new ArgumentErrorOfAnotherCopy() instanceof ArgumentError).toBe(true)
  expect(new ArgumentErrorOfAnotherCopy() instanceof ConnectError).toBe(false)
})

test.each([
  ['NET_CONNECT_REFUSED', true, true],
  ['NET_CONN_RESET', false, true],
  ['NET_NOT_FOUND', false, false],
] as const)('%s may be repeated: %s, if idempotent: %s', (code, plain, idempotent) => {
  const error = netError(code, { message: 'x' })
  expect(isRetryable(error)).toBe(plain)
  expect(isRetryable(error, { idempotent: true })).toBe(idempotent)
})

test('a foreign error is never retryable', () => {
  expect(isRetryable(new Error('x'), { idempotent: true })).toBe(false)
})

test('context completes an error and its message, and never overwrites', () => {
  const error = netError('NET_CONNECT_REFUSED', {
    message: 'the connection was refused',
    phase: 'connect',
  })
  const same = addContext(error, {
    protocol: 'http',
    operation: 'GET',
    target: 'http://127.0.0.1/',
    phase: 'command',
    elapsed: 3.2,
  })
  expect(same).toBe(error)
  expect(error.phase).toBe('connect')
  expect(error.message).toBe(
    'http GET http://127.0.0.1/: the connection was refused (connect, after 3 ms)',
  )
  expect(error.stack).toContain(error.message)
})

test('JSON has the fields, and the errors within', () => {
  const cause = new Error('inner')
  const error = netError('NET_CONNECT_ALL_FAILED', {
    message: 'all failed',
    cause,
    errors: [netError('NET_CONNECT_REFUSED', { message: 'refused' })],
  })
  expect(JSON.parse(JSON.stringify(error))).toEqual({
    name: 'ConnectError',
    code: 'NET_CONNECT_ALL_FAILED',
    retry: 'safe',
    message: 'all failed',
    errors: [
      { name: 'ConnectError', code: 'NET_CONNECT_REFUSED', message: 'refused', retry: 'safe' },
    ],
    cause: { name: 'Error', message: 'inner' },
  })
})

test('JSON ends where causes are a circle, and takes what has a JSON of its own', () => {
  const error = netError('NET_INTERNAL', { message: 'x', partial: new URL('http://127.0.0.1/') })
  Object.defineProperty(error, 'cause', { value: error })
  const text = JSON.stringify(error)
  expect(text.split('"cause"')).toHaveLength(2)
  expect(structuredClone(error.toJSON())).toMatchObject({ partial: 'http://127.0.0.1/' })
})

test('[H-CORE-19] a held secret shows in no form of the error', () => {
  const password = 'hunter2-hunter2'
  const holder = {}
  holdSecret(password, holder)
  const encoded = Buffer.from(password).toString('base64')
  const cause = Object.assign(new Error(`535 ${encoded}`), { response: `echo ${password}` })
  redactForeign(cause)
  const error = netError('NET_AUTH_REJECTED', {
    message: `the server said ${password}`,
    target: `/x?p=${encodeURIComponent(password)}`,
    reply: { text: `no ${password}` },
    cause,
  })
  const shown = `${error.message} ${JSON.stringify(error)} ${inspect(error, { depth: 9, showHidden: true })}`
  expect(shown).not.toContain(password)
  expect(shown).not.toContain(encoded)
  expect(shown).toContain('[secret]')
  expect(holder).toBeDefined()
})

test('an error in many places is given in full once', () => {
  let error: NetError = netError('NET_CONN_RESET', { message: 'the first' })
  const sizes: number[] = []
  for (let depth = 0; depth < 7; depth++) {
    error = netError('NET_CONN_RESET', { message: 'behind', cause: error, errors: [error, error] })
    sizes.push(JSON.stringify(error).length)
  }
  const [, second = 0] = sizes
  expect(sizes.at(-1)).toBeLessThan(4 * second)
  const circle = netError('NET_CLOSED', { message: 'x', errors: [] })
  ;(circle.errors as Error[]).push(circle)
  expect(JSON.parse(JSON.stringify(circle))).toMatchObject({ errors: [{ code: 'NET_CLOSED' }] })
})
