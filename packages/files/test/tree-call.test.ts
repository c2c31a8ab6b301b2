import { expect, test } from 'vitest'

import { treeCall, treeIteration } from '../src/tree-call.ts'

const verb = { operation: 'test', target: 'in/a', kind: 'command' } as const

test('a call that is wrong rejects and says which it was', async () => {
  const call = treeCall(
    verb,
    {},
    () => {
      throw new TypeError('wrong')
    },
    async () => {},
  )
  await expect(call).rejects.toThrow('wrong')
  const late = treeCall(
    verb,
    {},
    () => 1,
    async (taken) => {
      throw new Error(`failed ${taken}`)
    },
  )
  await expect(late).rejects.toMatchObject({ protocol: 'files', operation: 'test', target: 'in/a' })
})

test('an iteration ends with its reader, and with an abort', async () => {
  let closed = 0
  const numbers = async function* numbers(): AsyncGenerator<number, void> {
    try {
      for (let number = 0; ; number++) yield number
    } finally {
      closed++
    }
  }
  for await (const number of treeIteration(verb, {}, numbers)) if (number === 3) break
  expect(closed).toBe(1)
  const controller = new AbortController()
  const reading = Array.fromAsync(
    treeIteration(verb, { signal: controller.signal }, numbers),
    (number) => {
      if (number === 3) controller.abort()
    },
  )
  await expect(reading).rejects.toThrow(expect.objectContaining({ code: 'NET_ABORTED' }))
  expect(closed).toBe(2)
})
