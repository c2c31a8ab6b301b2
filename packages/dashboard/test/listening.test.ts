import { isHeard } from '@net/core/authoring'
import { eventsOff } from '@tools/canary'
import { expect, test } from 'vitest'

import { Listening } from '../src/listening.ts'

function heard(): string[] {
  const names = ['operation', 'phase', 'retry', 'wire', 'progress', 'pool'] as const
  return names.filter((name) => isHeard(name, undefined))
}

test('lines, progress and pools are listened to only while somebody wants them', () => {
  eventsOff()
  {
    using listening = new Listening(() => {}, false)
    expect(heard()).toEqual(['operation', 'phase', 'retry'])
    listening.toEverything(true)
    listening.toEverything(true)
    expect(heard()).toHaveLength(6)
    listening.toEverything(false)
    expect(heard()).toEqual(['operation', 'phase', 'retry'])
  }
  expect(heard()).toEqual([])
})

test('or always', () => {
  eventsOff()
  {
    using listening = new Listening(() => {}, true)
    listening.toEverything(false)
    expect(heard()).toHaveLength(6)
  }
  expect(heard()).toEqual([])
})
