import { inspect } from 'node:util'

import { canary, expectNoCanary } from '@tools/canary'
import { secret } from '@net/core'
import { redact } from '@net/core/authoring'
import { HttpHeaders } from '@net/http'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'

test('[HTTP-09] names are case-insensitive, values may be many, order and spelling stay', () => {
  const headers = new HttpHeaders({ 'X-One': '1', accept: ['a', 'b'], 'x-number': 7 })
  expect(headers.get('x-ONE')).toBe('1')
  expect(headers.get('Accept')).toBe('a, b')
  expect(headers.getAll('accept')).toEqual(['a', 'b'])
  expect(headers.has('X-Number')).toBe(true)
  expect(headers.get('missing')).toBeUndefined()
  expect(headers.size).toBe(4)
  expect([...headers]).toEqual([
    ['X-One', '1'],
    ['accept', 'a'],
    ['accept', 'b'],
    ['x-number', '7'],
  ])
})

test('[HTTP-09] received fields are kept as they came', () => {
  const raw = ['Set-Cookie', 'a=1', 'set-cookie', 'b=2', 'X-Name', 'caf\u00e9']
  const headers = HttpHeaders.received(raw)
  expect(headers.getAll('SET-COOKIE')).toEqual(['a=1', 'b=2'])
  expect(headers.get('x-name')).toBe('caf\u00e9')
  expect(headers.wire).toEqual(raw)
})

test('pairs may repeat a name', () => {
  const headers = new HttpHeaders([
    ['via', 'a'],
    ['Via', 'b'],
  ])
  expect(headers.get('via')).toBe('a, b')
})

test('with puts fields in place, and null drops one', () => {
  const headers = new HttpHeaders({ a: '1', b: '2', c: '3' })
  const changed = headers.with({ B: 'x', c: null, d: undefined })
  expect([...changed]).toEqual([
    ['a', '1'],
    ['B', 'x'],
  ])
  expect(headers.get('b')).toBe('2')
  expect([...headers.without('A', 'c')]).toEqual([['b', '2']])
})

describe('[HTTP-10] what would break the message is refused', () => {
  test.each([
    ['a line break in a value', { a: 'x\r\nevil: 1' }, 'NET_INJECTION'],
    ['a NUL in a value', { a: 'x\u0000' }, 'NET_INJECTION'],
    ['a line break in a name', { 'a\n': 'x' }, 'NET_INJECTION'],
    ['a space in a name', { 'a b': 'x' }, 'NET_BAD_HEADER'],
    ['an empty name', { '': 'x' }, 'NET_BAD_HEADER'],
    ['a character beyond Latin-1', { a: '\u20ac' }, 'NET_BAD_HEADER'],
  ])('%s', (_name, fields, code) => {
    expect(() => new HttpHeaders(fields)).toThrow(expect.objectContaining({ code }))
    expect(() => HttpHeaders.none.with(fields)).toThrow(expect.objectContaining({ code }))
  })
})

test('[H-CORE-01] the error names the field, never the value', () => {
  const value = canary('header')
  try {
    const made = new HttpHeaders({ 'x-field': `${value}\r\n` })
    expect.unreachable(made.get('x-field'))
  } catch (error) {
    expect(String(error)).toContain('x-field')
    expectNoCanary(error)
  }
})

test('an own key called __proto__ is a field like any other', () => {
  const headers = new HttpHeaders(JSON.parse('{"__proto__":"x"}') as Record<string, string>)
  expect(headers.get('__proto__')).toBe('x')
  expect(({} as { x?: unknown }).x).toBeUndefined()
  expect(JSON.stringify(headers)).toBe('{"__proto__":"x"}')
})

test('secret fields print as [secret]', () => {
  const token = canary('token')
  const headers = new HttpHeaders({
    authorization: secret(`Bearer ${token}`),
    'x-api-key': token,
    a: '1',
  })
  expectNoCanary(headers)
  expect(inspect(headers)).toContain('[secret]')
  expect(JSON.parse(JSON.stringify(headers))).toEqual({
    authorization: '[secret]',
    'x-api-key': '[secret]',
    a: '1',
  })
  expect(headers.secret).toBe(true)
  expect(new HttpHeaders({ accept: '*/*' }).secret).toBe(false)
})

test('protect strikes what secret fields hold out of every text', () => {
  const password = canary('basic')
  const pair = Buffer.from(`ada:${password}`).toString('base64')
  const headers = new HttpHeaders({
    authorization: `Basic ${pair}`,
    cookie: `theme=dark; sid=${canary('cookie')}`,
  })
  headers.protect(1)
  expect(redact(`${password} ${pair}`)).toBe('[secret] [secret]')
  expect(redact(`sid is ${canary('cookie')}, and dark is a word`)).toBe(
    'sid is [secret], and dark is a word',
  )
  expect(headers.size).toBe(2)
})

test('any token and any visible text come through unchanged', () => {
  const name = fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,20}$/)
  const value = fc.stringMatching(
    /^[\u0021-\u007e]([\u0020-\u007e\u00a0-\u00ff]{0,20}[\u0021-\u007e])?$/,
  )
  fc.assert(
    fc.property(fc.array(fc.tuple(name, value)), (pairs) => {
      expect([...new HttpHeaders(pairs)]).toEqual(pairs)
    }),
  )
})

test.each<[unknown]>([
  [{ 'X-A': {} }],
  [{ 'X-A': true }],
  [{ 'X-A': () => 'x' }],
  [{ 'X-A': new Date(0) }],
  [{ 'X-A': NaN }],
  [{ 'X-A': ['a', 5] }],
  [[['X-A', {}]]],
])('a value that is no text is refused, not written as JavaScript would: %o', (fields) => {
  expect(() => new HttpHeaders(fields as never)).toThrow(
    expect.objectContaining({
      code: 'NET_BAD_HEADER',
      message: expect.stringContaining('X-A must be'),
    }),
  )
})

test.each<[unknown]>([[null], [5], ['X-A: b'], [true], [['X-A']], [[['X-A']]], [[5]], [() => {}]])(
  'what holds no fields is refused: %o',
  (fields) => {
    expect(() => new HttpHeaders(fields as never)).toThrow(
      expect.objectContaining({ name: 'ArgumentError' }),
    )
  },
)

test('a pair without a value counts as not given', () => {
  const pairs = [
    ['a', undefined],
    ['b', null],
    ['c', '1'],
  ]
  expect([...new HttpHeaders(pairs as never)]).toEqual([['c', '1']])
})

test.each([[null], [5], [undefined]])('a field cannot be looked up by %o', (name) => {
  const received = HttpHeaders.received(['a', '1'])
  for (const headers of [new HttpHeaders({ a: '1' }), received]) {
    for (const verb of ['get', 'getAll', 'has', 'without'] as const) {
      expect(() => headers[verb](name as never)).toThrow(
        expect.objectContaining({ code: 'NET_BAD_OPTION' }),
      )
    }
  }
})
