import { getEventListeners } from 'node:events'
import { setImmediate as turn } from 'node:timers/promises'

import { expect, test, vi } from 'vitest'

import { onSignalAbort } from '@net/core/authoring'

import { OwnController } from '../../src/callbacks/signal-listeners.ts'

test('[H-CORE-06] ten thousand calls on one signal are one listener, and none afterwards', () => {
  const { signal } = new AbortController()
  const forget = Array.from({ length: 10_000 }, () => onSignalAbort(signal, () => {}))
  expect(getEventListeners(signal, 'abort')).toHaveLength(1)
  for (const each of forget) each()
  expect(getEventListeners(signal, 'abort')).toHaveLength(0)
})

test('every listener gets the reason, once', () => {
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

test('calls in a row share a listener, and none is left after the tick', async () => {
  const { signal } = new AbortController()
  const added = vi.spyOn(signal, 'addEventListener')
  for (let call = 0; call < 1000; call++) {
    const forget = onSignalAbort(signal, () => {}, { linger: true })
    await Promise.resolve()
    forget()
  }
  expect(added).toHaveBeenCalledOnce()
  await turn()
  expect(getEventListeners(signal, 'abort')).toHaveLength(0)
})

test('an abort between two calls reaches no call, and the listener is removed', async () => {
  const controller = new AbortController()
  const told = vi.fn()
  onSignalAbort(controller.signal, told, { linger: true })()
  controller.abort()
  expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0)
  await turn()
  expect(told).not.toHaveBeenCalled()
})

test('a listener that another one removes is not called', () => {
  const controller = new AbortController()
  const told = vi.fn()
  onSignalAbort(controller.signal, () => forget())
  const forget = onSignalAbort(controller.signal, told)
  controller.abort()
  expect(told).not.toHaveBeenCalled()
})

test('a signal that has aborted is told within the turn, unless that is taken back', async () => {
  const heard: unknown[] = []
  const signal = AbortSignal.abort('reason')
  onSignalAbort(signal, (reason) => heard.push(reason))
  onSignalAbort(signal, () => heard.push('taken back'))()
  expect(heard).toEqual([])
  await Promise.resolve()
  expect(heard).toEqual(['reason'])
})

test('a signal of ours tells its listeners without an event listener, and others as every signal does', async () => {
  const controller = new OwnController()
  const { signal } = controller
  const told: unknown[] = []
  onSignalAbort(signal, (reason) => told.push(['a', reason]))
  onSignalAbort(signal, () => told.push('gone'), { linger: true })()
  signal.addEventListener('abort', () => told.push('event'))
  expect(getEventListeners(signal, 'abort')).toHaveLength(1)
  controller.abort('why')
  controller.abort('again')
  expect(told).toEqual(['event', ['a', 'why']])
  onSignalAbort(signal, (reason) => told.push(['late', reason]))
  await Promise.resolve()
  expect(told.at(-1)).toEqual(['late', 'why'])
})
