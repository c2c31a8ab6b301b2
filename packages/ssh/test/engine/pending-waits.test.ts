import { expect, test } from 'vitest'

import { abortError } from '@net/core/authoring'

import { PendingWaits, type Stoppable } from '../../src/engine/pending-waits.ts'

const lost = new Error('lost')

test('a wait settles with its answer', async () => {
  const waits = new PendingWaits(() => lost)
  expect(await waits.wait<number>((resolve) => resolve(7))).toBe(7)
  const no = new Error('no')
  await expect(waits.wait((_, reject) => reject(no))).rejects.toBe(no)
  await expect(
    waits.wait(() => {
      throw no
    }),
  ).rejects.toBe(no)
})

test('every wait ends with the connection, and later ones at once', async () => {
  const waits = new PendingWaits(() => lost)
  const pending = [waits.wait(() => {}), waits.wait(() => {})]
  waits.fail()
  for (const wait of pending) await expect(wait).rejects.toBe(lost)
  let started = false
  await expect(waits.wait(() => (started = true))).rejects.toBe(lost)
  expect(started).toBe(false)
})

test('an answer that comes after the end says so to who brings it', async () => {
  const waits = new PendingWaits(() => lost)
  const answers: ((value: string) => boolean)[] = []
  const wait = waits.wait<string>((resolve) => answers.push(resolve))
  expect(answers[0]?.('first')).toBe(true)
  expect(answers[0]?.('second')).toBe(false)
  expect(await wait).toBe('first')
  const late = waits.wait<string>((resolve) => answers.push(resolve))
  waits.fail()
  expect(answers[1]?.('third')).toBe(false)
  await expect(late).rejects.toBe(lost)
})

test('a wait ends when it is given up, and takes its listener back when it settles', async () => {
  const listeners = new Set<(reason: ReturnType<typeof abortError>) => void>()
  const op: Stoppable = {
    onAbort(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
  const waits = new PendingWaits(() => lost)
  await waits.wait<void>((resolve) => resolve(), op)
  expect(listeners.size).toBe(0)
  const wait = waits.wait(() => {}, op)
  const reason = abortError('enough')
  for (const listener of listeners) listener(reason)
  await expect(wait).rejects.toBe(reason)
  let started = false
  const stopped: Stoppable = {
    onAbort(listener) {
      listener(reason)
      return () => {}
    },
  }
  await expect(waits.wait(() => (started = true), stopped)).rejects.toBe(reason)
  expect(started).toBe(false)
})
