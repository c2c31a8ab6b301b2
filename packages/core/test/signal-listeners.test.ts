import { getEventListeners } from 'node:events'

import { expect, test } from 'vitest'

import { onSignalAbort } from '@net/core/authoring'

test('[H-CORE-06] ten thousand calls on one signal are one listener, and none afterwards', () => {
  const { signal } = new AbortController()
  const forget = Array.from({ length: 10_000 }, () => onSignalAbort(signal, () => {}))
  expect(getEventListeners(signal, 'abort')).toHaveLength(1)
  for (const each of forget) each()
  expect(getEventListeners(signal, 'abort')).toHaveLength(0)
})

test('everyone who listens is told the reason, once', () => {
  const controller = new AbortController()
  const told: unknown[] = []
  onSignalAbort(controller.signal, (reason) => void told.push(['a', reason]))
  onSignalAbort(controller.signal, (reason) => void told.push(['b', reason]))
  const forget = onSignalAbort(controller.signal, () => void told.push('gone'))
  forget()
  forget()
  controller.abort('why')
  controller.abort('again')
  expect(told).toEqual([
    ['a', 'why'],
    ['b', 'why'],
  ])
})
