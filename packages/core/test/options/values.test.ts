import { secret } from '@net/core'
import { option, type Shape } from '@net/core/authoring'
import { describe, expect, test } from 'vitest'

const signal = new AbortController().signal
const dialer = { dial: () => {} }

describe('shapes', () => {
  test.each<[string, Shape<unknown>, readonly unknown[], readonly unknown[]]>([
    ['text', option.text, ['', 'a'], [1, null, {}, secret('abcd')]],
    ['url', option.url, ['a:', new URL('a:')], [1, {}]],
    ['secretText', option.secretText, ['a', secret('abcd')], [1, {}]],
    ['flag', option.flag, [true, false], [0, 'true', null]],
    ['count', option.count, [1, Infinity], [0, 1.5, -1, NaN, '1']],
    ['size', option.size, [0, 1, Infinity], [1.5, -1, NaN, '1']],
    ['bytes', option.bytes, [0, 1.5, Infinity], [-1, NaN, '1', null]],
    ['milliseconds', option.milliseconds, [0, 1.5, Infinity], [-1, NaN, '1s']],
    ['limit', option.limit, [0.5, Infinity], [0, -1, NaN, '10s', null]],
    ['signal', option.signal, [signal], ['x', {}, null, new AbortController(), () => {}]],
    ['binary', option.binary, [new Uint8Array(), Buffer.from('')], ['a', [1]]],
    ['anything', option.anything, [1, null, {}], []],
    ['between', option.between(0, 9), [0, 9], [-1, 10, 1.5, '1']],
    ['atLeast', option.atLeast(1), [1, 1.5], [0.9, NaN, '1']],
    ['oneOf', option.oneOf<string | boolean>('a', false), ['a', false], ['b', true, null]],
    ['callback', option.callback(), [() => {}], ['x', {}, null]],
    [
      'methods',
      option.methods<typeof dialer>('a dialer', 'dial'),
      [dialer],
      [{}, { dial: 1 }, null],
    ],
    ['list', option.list(option.text), [[], ['a']], ['a', [1], {}]],
    ['oneOrMore', option.oneOrMore(option.text), ['a', ['a'], []], [1, [1]]],
    [
      'record',
      option.record(option.text),
      [{}, { a: 'b', c: undefined }],
      [{ a: 1 }, [], 'a', null],
    ],
    ['credential', option.credential, ['a', secret('abcd'), () => 'a'], [1, {}, null]],
    ['threshold', option.threshold, ['info', 'off'], ['loud', 1]],
    ['dataSource', option.dataSource, [Buffer.from('a')], [1, {}, 'a']],
    ['dataSink', option.dataSink, [() => {}], [1, {}, 'a']],
  ])('%s', (_, of, good, bad) => {
    for (const value of good) expect(() => of.take(value, 'x')).not.toThrow()
    for (const value of bad) {
      expect(() => of.take(value, 'x')).toThrow(expect.objectContaining({ code: 'NET_BAD_OPTION' }))
    }
  })

  test('a record inherits nothing', () => {
    const taken = option.record(option.text).take(JSON.parse('{"__proto__":"x"}'), 'env')
    expect(Object.getPrototypeOf(taken)).toBeNull()
    expect(Object.keys(taken)).toEqual([])
  })

  test('of several shapes the one that fits says what is wrong inside', () => {
    const of = option.either<string | readonly number[]>([option.text, option.list(option.count)])
    expect(() => of.take([0], 'x')).toThrow('x[0] must be a whole number above 0')
    expect(() => of.take(1, 'x')).toThrow('x must be a string or a list, each of it')
  })
})
