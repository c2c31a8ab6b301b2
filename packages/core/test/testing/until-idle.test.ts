import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { setImmediate as turn } from 'node:timers/promises'

import { untilIdle } from '@net/core/testing'
import { expect, test } from 'vitest'

import { idleWhile } from '../../src/testing/until-idle.ts'

test('[ASYNC-53] resolves when everything is blocked', async () => {
  const trail: string[] = []
  const blocked = Promise.withResolvers<void>()
  const work = async (name: string, steps: number): Promise<void> => {
    for (let step = 0; step < steps; step++) await (step % 3 === 0 ? turn() : Promise.resolve())
    trail.push(name)
    await blocked.promise
    trail.push(`${name} went on`)
  }
  const working = [work('short', 3), work('long', 100)]
  await untilIdle()
  expect(trail).toEqual(['short', 'long'])
  blocked.resolve()
  await untilIdle()
  expect(trail).toEqual(['short', 'long', 'short went on', 'long went on'])
  await Promise.all(working)
})

test('code that waits for a signal counts as blocked', async () => {
  const controller = new AbortController()
  let ended = false
  const waiting = once(controller.signal, 'abort').then(() => (ended = true))
  await untilIdle()
  expect(ended).toBe(false)
  controller.abort()
  await waiting
})

test('a cushion waits for what real files bring', async () => {
  let done = false
  const reading = (async () => {
    for (let round = 0; round < 5; round++) await readFile(import.meta.filename)
    done = true
  })()
  await untilIdle({ cushion: 100 })
  expect(done).toBe(true)
  await reading
})

test('a wait for quiet that is not wanted any more ends, however busy the rest is', async () => {
  const over = new AbortController()
  const busy = (async () => {
    while (!over.signal.aborted) await turn()
  })()
  let looks = 0
  await idleWhile(() => ++looks < 10, 0)
  expect(looks).toBe(10)
  over.abort()
  await busy
})

test('refuses options that do not exist', async () => {
  await expect(untilIdle({ quiet: 5 } as never)).rejects.toThrow('untilIdle: the options have no')
})
