import { netError } from '@net/core/authoring'
import { expect, test } from 'vitest'

import { SessionPart } from '../../src/session/session-part.ts'

const reason = netError('NET_ABORTED', { message: 'enough' })

test('a call that is stopped before it has spoken may not speak any more', () => {
  const part = new SessionPart()
  expect([part.stop(reason), part.stopped, part.speak()]).toEqual([true, reason, reason])
})

test('a call that has spoken is not stopped so', () => {
  const part = new SessionPart()
  expect(part.speak()).toBeUndefined()
  expect([part.stop(reason), part.stopped, part.speak()]).toEqual([false, undefined, undefined])
})
