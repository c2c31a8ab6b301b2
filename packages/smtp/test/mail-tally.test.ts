import { netError } from '@net/core/authoring'
import { expect, test } from 'vitest'

import { MailTally } from '../src/mail-tally.ts'

test('each message is counted once, as what it is', () => {
  const tally = new MailTally()
  const message = { from: 'a@x.example' }
  const result = { accepted: [], rejected: [], recipients: [], reply: { status: 250, text: '' } }
  const unknown = netError('NET_ABORTED', { message: 'x', partial: { delivery: 'unknown' } })
  tally.add({ message, index: 0, result: { ...result, delivery: 'accepted' } })
  tally.add({ message, index: 1, result: { ...result, delivery: 'partial' } })
  tally.add({ message, index: 2, error: unknown })
  tally.add({ message, index: 3, error: new Error('x') })
  expect(tally.report()).toMatchObject({ accepted: 1, partial: 1, failed: 1, unknown: 1 })
  expect(tally.report().exceptions.map(({ index }) => index)).toEqual([1, 2, 3])
})

test('a call that was stopped while some were put off is partial', () => {
  const tally = new MailTally()
  const partial = { delivery: 'partial' }
  const error = netError('NET_TIMEOUT_TOTAL', { message: 'x', partial })
  tally.add({ message: { from: 'a@x.example' }, index: 0, error })
  expect(tally.report()).toMatchObject({ partial: 1, failed: 0 })
})
