import { checkpoint, sleep } from '@net/async'
import { checkNoYield, checkYields } from '@net/async/testing'
import { expect, test } from 'vitest'

test('[ASYNC-54] asserts that a call gave others their turn', async () => {
  await expect(checkYields(async () => checkpoint().then(() => 7))).resolves.toBe(7)
  await expect(checkYields(async () => 7)).rejects.toThrow('without a turn')
})

test('[ASYNC-54] asserts that a call did not', async () => {
  await expect(checkNoYield(async () => Promise.resolve(7))).resolves.toBe(7)
  await expect(checkNoYield(async () => checkpoint())).rejects.toThrow('took a turn')
})

test('what the call rejects with comes through', async () => {
  const aborted = { signal: AbortSignal.abort() }
  await expect(checkNoYield(async () => sleep(1, aborted))).rejects.toMatchObject({
    code: 'NET_ABORTED',
  })
})
