import { expect, test } from 'vitest'

import { SessionTimes, type SharedTimes } from '../src/session-times.ts'

const written = { path: 'a', folder: undefined, from: 1000, to: 2000 }

test('what one session has written the others may look at, under the name that it has', () => {
  const shared: SharedTimes = {}
  const [one, other] = [new SessionTimes(shared), new SessionTimes(shared)]
  one.wrote(written)
  expect(other.written).toEqual(written)
  other.renamed('x', 'y')
  other.renamed('a', 'b')
  expect(one.written).toEqual({ ...written, path: 'b' })
  // Another file has taken its name.
  one.renamed('c', 'b')
  expect(other.written).toBeUndefined()
  one.wrote(written)
  other.forget()
  expect(one.written).toBeUndefined()
})

test('a file that took minutes does not show when it was written', () => {
  const times = new SessionTimes()
  times.wrote(written)
  times.wrote({ ...written, path: 'b', to: 302_000 })
  expect(times.written).toBeUndefined()
})
