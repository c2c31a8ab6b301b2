import { expect, test } from 'vitest'

import { Expectation, withoutEcho } from '../../src/shell/expectation.ts'

test('what stands first is found, of two at one place the one that was named first', () => {
  const expectation = new Expectation(['end', /e(.)d/g], [['more?', 'y\n']])
  expect(expectation.find('so far')).toBeUndefined()
  expect(expectation.find('more? end')).toMatchObject({
    before: '',
    answer: 'y\n',
    index: 0,
    end: 5,
  })
  expect(expectation.find('the end')).toMatchObject({ before: 'the ', index: 0, answer: undefined })
  expect(expectation.find('the nd')).toBeUndefined()
  expect(expectation.find('the e-d')).toMatchObject({ index: 1, match: ['e-d', '-'] })
  // A pattern that remembers where it was finds the same again.
  expect(expectation.find('the e-d')).toMatchObject({ index: 1 })
})

test('a text stands for itself', () => {
  expect(new Expectation(['a.b ($)'], []).find('a.b ($)')).toMatchObject({ end: 7 })
  expect(new Expectation(['a.b'], []).find('axb')).toBeUndefined()
  expect(() => new Expectation([], [])).toThrow(expect.objectContaining({ code: 'NET_BAD_OPTION' }))
})

test('the echo of a line is taken off, also where it was broken', () => {
  expect(withoutEcho('show version\nIOS 1\n', 'show version')).toBe('IOS 1\n')
  expect(withoutEcho('show ver\nsion\nIOS 1\n', 'show version')).toBe('IOS 1\n')
  expect(withoutEcho('IOS 1\n', 'show version')).toBe('IOS 1\n')
  expect(withoutEcho('IOS 1\n', '')).toBe('IOS 1\n')
  expect(withoutEcho('box> show\nIOS 1\n', 'show', 'box> ')).toBe('IOS 1\n')
  expect(withoutEcho('box> other\nIOS 1\n', 'show', 'box> ')).toBe('box> other\nIOS 1\n')
})

test('an answer to nothing is not given', () => {
  const expectation = new Expectation(['$ '], [[/x*/, 'y']])
  expect(expectation.find('a')).toBeUndefined()
  expect(expectation.find('a $ ')).toMatchObject({ answer: undefined, before: 'a ' })
})
