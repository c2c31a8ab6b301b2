import { expect, test } from 'vitest'

import { DONE, handled, rejected } from '../src/handled.ts'

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
