import { argument, option, shape } from '@net/core/authoring'
import { expect, test } from 'vitest'

test('an argument is checked by the same shapes', () => {
  expect(argument('attempts', option.count, 3)).toBe(3)
  expect(() => argument('attempts', option.count, '3')).toThrow(
    'attempts must be a whole number above 0, not a string',
  )
})

test('a shape of our own is a test and the words for it', () => {
  const even = shape<number>('an even number', (value) => Number(value) % 2 === 0)
  expect(even.take(4, 'lanes')).toBe(4)
  expect(() => even.take(3, 'lanes', 'pool')).toThrow(/^pool\.lanes must be an even number$/)
  expect(() => even.take(Symbol('x').toString(), 'lanes')).toThrow('not a string')
})

test('a promise in the place of a value is refused, and that it fails is nobody’s affair', async () => {
  const failing = Promise.reject(new Error('unseen'))
  expect(() => argument('the answer', option.flag, failing)).toThrow(/not a promise$/)
  // An unhandled rejection would be told within this turn, and fail the run.
  await new Promise((turn) => setImmediate(turn))
})
