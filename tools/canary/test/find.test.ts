import { describe, expect, test, vi } from 'vitest'
import { canary, expectNoCanary, findCanary } from '@tools/canary'

const secret = canary('unit')

describe('findCanary', () => {
  test.each([
    ['clear', `password ${secret}`],
    ['fully percent-encoded', Buffer.from(secret).toString('hex').replaceAll(/../gu, '%$&')],
    ['base64', Buffer.from(`user:${secret}`).toString('base64')],
    ['base64 shifted by one', Buffer.from(`x${secret}`).toString('base64')],
    ['base64url shifted by two', Buffer.from(`xx${secret}`).toString('base64url')],
    ['hex', Buffer.from(secret).toString('hex')],
    ['bytes', Buffer.from(secret)],
    ['a nested field', { a: [{ b: { c: secret } }] }],
    ['a cause', new Error('outer', { cause: new Error(secret) })],
    ['a property of an error', Object.assign(new Error('x'), { reply: secret })],
    [
      'toJSON',
      { toJSON: () => secret, [Symbol.for('nodejs.util.inspect.custom')]: () => '[secret]' },
    ],
  ])('finds one in %s', (_, value) => {
    expect(findCanary(value)).toBeTypeOf('string')
    expect(() => expectNoCanary(value)).toThrow('canary secret shows')
  })

  test('finds one that another copy of the module has made, as that of an earlier file', async () => {
    vi.resetModules()
    const copy = await import('@tools/canary')
    expect(copy.findCanary).not.toBe(findCanary)
    expect(copy.findCanary(secret)).toBe(secret)
  })

  test('finds nothing in values without secrets', () => {
    const cyclic: Record<string, unknown> = {}
    cyclic['self'] = cyclic
    for (const value of ['canary', { a: 1n }, cyclic, undefined, new Error('no')])
      expectNoCanary(value)
  })
})
