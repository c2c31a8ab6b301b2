import { expect, test } from 'vitest'

import { detailOf } from '../../src/history/detail.ts'
import { History } from '../../src/history/history.ts'
import { line, started } from '../events.ts'

test('a detail has the lines of all that ran within, in order, and the operations around', () => {
  const history = new History({ operations: 10, wire: 1000 })
  history.take(started(1, { target: '/outer' }))
  history.take(started(2, { parent: 1 }))
  history.take(line(1, 'second', 2))
  history.take(line(2, 'first', 1))

  const detail = detailOf(history, 1)
  expect(detail).toMatchObject({ id: 1, target: '/outer', outer: [] })
  expect(detail?.lines.map(({ text, operation }) => [text, operation])).toEqual([
    ['first', 2],
    ['second', 1],
  ])
  expect(detail?.inner.map((row) => row[1])).toEqual([2])
  expect(detailOf(history, 2)?.outer.map((row) => row[1])).toEqual([1])
  expect(detailOf(history, 3)).toBeUndefined()
})
