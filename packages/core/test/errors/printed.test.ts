import { inspect } from 'node:util'

import { expect, test } from 'vitest'

import { groupError, netError } from '@net/core/authoring'

const failed = (what: string): ReturnType<typeof netError> =>
  netError('NET_CONNECT_REFUSED', { message: what, endpoint: '127.0.0.1:1' })

test('an error prints as about ten lines: what happened, where in the program, and what was before', () => {
  const cause = Object.assign(new Error('connect ECONNREFUSED\n127.0.0.1:1'), {
    code: 'ECONNREFUSED',
  })
  const error = netError('NET_CONNECT_REFUSED', {
    message: 'refused',
    protocol: 'http',
    attempts: [failed('first'), failed('second')],
    cause,
  })
  const lines = inspect(error).split('\n')
  expect(lines[0]).toBe('ConnectError: http: refused')
  expect(lines.slice(1, 4).join()).toContain('printed.test.ts')
  expect(lines.slice(-5)).toEqual([
    '  code: NET_CONNECT_REFUSED, retry: safe',
    '  attempts:',
    '    1. ConnectError: first',
    '    2. ConnectError: second',
    '  cause: Error ECONNREFUSED: connect ECONNREFUSED 127.0.0.1:1',
  ])
  expect(lines.length).toBeLessThanOrEqual(14)
})

test('a group prints a line for each of its errors, and says how many more there are', () => {
  const group = groupError(Array.from({ length: 12 }, (_, at) => failed(`no ${at}`)))
  const lines = inspect(group).split('\n')
  expect(lines).toContain('    10. ConnectError: no 9')
  expect(lines.at(-1)).toBe('    … 2 more')
})

test('within something that is printed shortly an error is one line', () => {
  expect(inspect({ a: { b: failed('x') } }, { depth: 0 })).not.toContain('code:')
  expect(inspect(failed('x'), { compact: true })).toBe('[ConnectError: x]')
})

test('Node prints an uncaught error without its attempts', () => {
  const error = netError('NET_CLOSED', { message: 'x', attempts: [failed('first')] })
  expect(inspect(error, { customInspect: false })).not.toContain('first')
  expect(JSON.stringify(error)).toContain('first')
})

test('what nobody can read is told as that, and ends no printing', () => {
  const unreadable = new Proxy(new Error('x'), {
    get() {
      throw new Error('not to be read')
    },
  })
  for (const cause of [Object.create(null), unreadable]) {
    const error = netError('NET_CLOSED', { message: 'closed', cause })
    expect(inspect(error)).toContain('cause: what was thrown cannot be read')
  }
  const odd = Object.assign(new Error('x'), { message: 5 })
  expect(JSON.stringify(netError('NET_CLOSED', { message: 'closed', cause: odd }))).toContain('5')
})
