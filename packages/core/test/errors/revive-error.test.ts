import { once } from 'node:events'
import { MessageChannel } from 'node:worker_threads'

import { expect, test } from 'vitest'

import {
  ConnectError,
  GroupError,
  isNetError,
  isRetryable,
  NetError,
  NetTimeoutError,
  ReplyError,
  reviveError,
} from '@net/core'
import { addContext, groupError, netError } from '@net/core/authoring'

const attempt = netError('NET_TIMEOUT_CONNECT', {
  message: 'too slow',
  limit: 50,
  phase: 'connect',
})
const error = netError('NET_CONNECT_REFUSED', {
  message: 'refused',
  protocol: 'http',
  operation: 'GET',
  target: 'http://127.0.0.1/',
  elapsed: 12.5,
  retry: 'idempotent',
  reply: { status: 503, text: 'later' },
  sent: true,
  attempts: [attempt],
  cause: Object.assign(new TypeError('from the engine'), { code: 'ECONNREFUSED' }),
})

test.each([
  [
    'JSON',
    (plain: NetError): Promise<unknown> => Promise.resolve(JSON.parse(JSON.stringify(plain))),
  ],
  ['structuredClone', (plain: NetError) => Promise.resolve(structuredClone(plain.toJSON()))],
  ['a message to another thread', throughPort],
])('[CORE-11] an error survives %s with all that it knew', async (_, carry) => {
  const revived = reviveError(await carry(error))
  expect(revived).toBeInstanceOf(ConnectError)
  expect(isNetError(revived) && revived.toJSON()).toEqual(error.toJSON())
  expect(isRetryable(revived, { idempotent: true })).toBe(true)
  const { attempts, cause } = revived as NetError
  expect(attempts?.[0]).toBeInstanceOf(NetTimeoutError)
  expect(attempts?.[0]).toMatchObject({ code: 'NET_TIMEOUT_CONNECT', limit: 50, phase: 'connect' })
  expect(cause).toBeInstanceOf(Error)
  expect(cause).toMatchObject({
    name: 'TypeError',
    code: 'ECONNREFUSED',
    message: 'from the engine',
  })
})

test('[CORE-11] a group survives with its members', () => {
  const group = groupError([attempt, new RangeError('a bug')])
  const revived = reviveError(JSON.parse(JSON.stringify(group)))
  expect(revived).toBeInstanceOf(GroupError)
  const [ours, rest] = (revived as GroupError).split(isNetError)
  expect(ours?.errors).toMatchObject([{ code: 'NET_TIMEOUT_CONNECT' }])
  expect(rest?.errors).toMatchObject([{ name: 'RangeError', message: 'a bug' }])
  expect(revived.message).toBe(group.message)
})

test('a revived error can get more context, in one sentence', () => {
  const revived = reviveError(JSON.parse(JSON.stringify(error))) as NetError
  expect(addContext(revived, { phase: 'connect' }).message).toBe(
    'http GET http://127.0.0.1/: refused (connect, after 13 ms)',
  )
})

test("the class of a protocol comes back as its code's, with its plain values and its name", () => {
  class StatusError extends ReplyError {
    readonly status = 404
    override readonly name = 'StatusError'
  }
  const status = new StatusError('NET_NOT_FOUND', { message: 'not found' })
  const revived = reviveError(JSON.parse(JSON.stringify(status)))
  expect(revived).toBeInstanceOf(ReplyError)
  expect(revived).toMatchObject({ status: 404, name: 'StatusError', code: 'NET_NOT_FOUND' })
})

test('wrong fields are not used', () => {
  const text = `{"name":"x","message":"m","code":"NET_CLOSED","retry":"always","elapsed":"soon",
    "reply":7,"attempts":5,"__proto__":{"polluted":1},"constructor":"c","toJSON":"t"}`
  const revived = reviveError(JSON.parse(text))
  expect(Object.keys(revived).toSorted()).toEqual(['code', 'retry'])
  expect(revived).toMatchObject({ code: 'NET_CLOSED', retry: 'never' })
  expect(revived).toBeInstanceOf(NetError)
  expect(JSON.stringify(revived)).toContain('NET_CLOSED')
  expect(({} as { polluted?: number }).polluted).toBeUndefined()
})

test('an unknown code is kept on a plain error; no error at all is refused', () => {
  const revived = reviveError({ name: 'Error', message: 'of tomorrow', code: 'NET_FROM_TOMORROW' })
  expect(isNetError(revived)).toBe(false)
  expect(revived).toMatchObject({ message: 'of tomorrow', code: 'NET_FROM_TOMORROW' })
  expect(reviveError(error)).toBe(error)
  for (const wrong of [undefined, null, 'text', { name: 'x' }, { message: 'x' }]) {
    expect(() => reviveError(wrong)).toThrow(expect.objectContaining({ code: 'NET_BAD_OPTION' }))
  }
})

async function throughPort(plain: NetError): Promise<unknown> {
  const { port1, port2 } = new MessageChannel()
  try {
    port1.postMessage(plain.toJSON())
    return ((await once(port2, 'message')) as [unknown])[0]
  } finally {
    port1.close()
  }
}
