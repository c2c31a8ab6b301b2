import { useFakeClock } from '@net/core/testing'
import { expect, test } from 'vitest'

import { lettingGo } from '../../src/data/let-go.ts'

test('settles as the promise does, and resolves after 2 s at the latest', async () => {
  using clock = useFakeClock()
  await lettingGo(Promise.resolve(1))
  await expect(lettingGo(Promise.reject(new Error('x')))).rejects.toThrow('x')
  let done = false
  const never = lettingGo(new Promise(() => {})).then(() => {
    done = true
  })
  await clock.advance(1999)
  expect(done).toBe(false)
  await clock.advance(1)
  await never
})
