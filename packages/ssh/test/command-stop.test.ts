import { expect, test } from 'vitest'

import { useFakeClock } from '@net/core/testing'

import { stopStepwise } from '../src/command-stop.ts'
import type { RemoteCommand } from '../src/engine/ssh2-command.ts'

function made(): { command: RemoteCommand; steps: string[]; end: () => void } {
  const steps: string[] = []
  const { promise: ended, resolve } = Promise.withResolvers<void>()
  const command = {
    ended,
    signal: (name: string) => steps.push(name),
    hangUp: () => steps.push('hang up'),
    close: () => steps.push('close'),
  }
  return { command: command as unknown as RemoteCommand, steps, end: resolve }
}

test('a program that does not end is hung up, and then let go', async () => {
  using clock = useFakeClock()
  const { command, steps } = made()
  const stopped = stopStepwise(command)
  expect(steps).toEqual(['TERM'])
  await clock.advance(250)
  expect(steps).toEqual(['TERM', 'hang up'])
  await clock.advance(500)
  expect(steps).toEqual(['TERM', 'hang up', 'close'])
  await stopped
})

test('one that ends is left in peace', async () => {
  using clock = useFakeClock()
  const { command, steps, end } = made()
  const stopped = stopStepwise(command)
  end()
  await stopped
  expect(steps).toEqual(['TERM'])
  expect(clock.timers).toBe(0)
})
