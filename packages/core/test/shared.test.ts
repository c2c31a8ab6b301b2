import { expect, test } from 'vitest'

import { shared } from '../src/shared.ts'

test('a second copy gets what the first one made', () => {
  const first = shared('test-only', () => ({ made: 1 }))
  const second = shared('test-only', () => ({ made: 2 }))
  expect(second).toBe(first)
  expect(Reflect.get(globalThis, Symbol.for('net.test-only'))).toBe(first)
})
