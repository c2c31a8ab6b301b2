import { expect, test } from 'vitest'

import { RateWindow } from '../../src/memory/rate-window.ts'

test('a start must wait until the window holds fewer', () => {
  const rule = { limit: 2, interval: 100 }
  const window = new RateWindow()
  expect(window.wait(rule, 0)).toBe(0)
  window.started(rule, 0)
  window.started(rule, 30)
  expect(window.wait(rule, 40)).toBe(60)
  expect(window.wait(rule, 100)).toBe(0)
  for (const at of [100, 130, 200, 230]) window.started(rule, at)
  expect(window.wait(rule, 240)).toBe(60)
  expect(window.restful).toBe(330)
})
