import { expect, test } from 'vitest'

import { guardOf, type Access } from '../../src/web/guard.ts'

const guard = guardOf({ token: 'right', allowHosts: ['Lab.example'] })
const none = new URLSearchParams()

function status(access: Access, fields: Record<string, string>, query = none): number {
  const { token = 'right', ...headers } = fields
  const authorization = token === '' ? {} : { authorization: `Bearer ${token}` }
  return guard({ ...authorization, ...headers }, query, access)?.status ?? 200
}

const own = 'http://127.0.0.1:4000'

test.each([
  // host, expected of the page's files, of data, of a change
  ['127.0.0.1:4000', 200, 200, 200],
  ['localhost:9000', 200, 200, 200],
  ['[::1]:4000', 200, 200, 200],
  ['lab.example', 200, 200, 200],
  ['LAB.example:443', 200, 200, 200],
  ['localhost.:4000', 403, 403, 403],
  ['other.example:4000', 403, 403, 403],
  ['127.0.0.1.other.example:4000', 403, 403, 403],
  ['', 403, 403, 403],
])('as %s a visitor with the token has %i, %i, %i', (host, page, data, change) => {
  const origin = `http://${host}`
  expect([
    status('page', { host, token: '' }),
    status('data', { host }),
    status('change', { host, origin }),
  ]).toEqual([page, data, change])
})

test.each(['', 'wrong', 'right '])(
  'with the token %j there are no data and no changes',
  (token) => {
    const host = '127.0.0.1:4000'
    expect(status('data', { host, token })).toBe(401)
    expect(status('change', { host, token, origin: own })).toBe(401)
    expect(status('process', { host, token })).toBe(401)
  },
)

test('what changes something is asked for by our page alone', () => {
  const host = '127.0.0.1:4000'
  expect(status('change', { host })).toBe(403)
  expect(status('change', { host, origin: 'http://127.0.0.1:4001' })).toBe(403)
  expect(status('change', { host, origin: 'null' })).toBe(403)
  expect(status('data', { host, origin: 'http://other.example' })).toBe(403)
  expect(status('process', { host, origin: own })).toBe(403)
  expect(status('process', { host })).toBe(200)
})

test('a token in the query is refused, right or wrong', () => {
  const host = '127.0.0.1:4000'
  expect(status('page', { host }, new URLSearchParams({ token: 'right' }))).toBe(400)
})

test('the refusal of a name says how to allow it', () => {
  const refusal = guard({ host: 'box.example:80' }, none, 'page')
  expect(refusal?.text).toContain('allowHosts: ["box.example"]')
})
