import { expect, test } from 'vitest'

import { DONE, handled, promised, rejected } from '../src/handled.ts'

// The global check of unhandled rejections fails these tests if one gets away.
test('a rejection without a handler is not an unhandled rejection', async () => {
  void handled(Promise.reject(new Error('lost')))
  void rejected(new Error('lost as well'))
  await new Promise((resolve) => setImmediate(resolve))
  expect(await DONE).toBeUndefined()
})

test('a handler still gets it', async () => {
  await expect(handled(Promise.reject(new Error('seen')))).rejects.toThrow('seen')
  await expect(rejected(new Error('seen'))).rejects.toThrow('seen')
})

test('what a call gives at once or throws is a promise, and a promise is given as it is', async () => {
  const given = Promise.resolve(1)
  expect(promised(() => given)).toBe(given)
  expect(await promised(() => 2)).toBe(2)
  const thrown = promised(() => {
    throw new Error('at once')
  })
  await expect(thrown).rejects.toThrow('at once')
})
