import { netError } from '@net/core/authoring'
import { expect, test } from 'vitest'

import { abandonedVerdict, verdictOn, type Attempted } from '../../src/work/verdict.ts'

const lost = netError('NET_CONN_RESET', { message: 'lost' })
const never = netError('NET_REPLY_PERMANENT', { message: 'no' })
const later = netError('NET_REPLY_TEMPORARY', { message: 'later', retry: 'safe', retryAfter: 70 })
const aborted = netError('NET_ABORTED', { message: 'stopped' })

function verdict(error: unknown, more: Partial<Attempted> = {}): string {
  const { to, delay, refund, holdGroup } = verdictOn({
    job: { spent: 1, attempts: 3, group: 'g' },
    error,
    marked: false,
    stopped: undefined,
    left: Infinity,
    retry: { delay: 10, jitter: 'none' },
    ...more,
  })
  return [to, delay, refund === true ? 'refund' : '', holdGroup].filter(Boolean).join(' ')
}

test('a failure that may be repeated waits, and a retryAfter holds the group', () => {
  expect(verdict(new Error('x'))).toBe('waiting 10')
  expect(verdict(lost)).toBe('waiting 10')
  expect(verdict(later)).toBe('waiting 70 70')
  expect(verdict(later, { job: { spent: 2, attempts: 3, group: undefined } })).toBe('waiting 70')
  expect(verdict(lost, { job: { spent: 3, attempts: 3, group: 'g' } })).toBe('failed')
  expect(verdict(never)).toBe('failed')
  expect(verdict(lost, { left: 10 })).toBe('failed')
  expect(verdict(aborted)).toBe('failed')
})

test('what is marked is repeated only if it was surely not done', () => {
  expect(verdict(lost, { marked: true })).toBe('unknown')
  expect(verdict(new Error('x'), { marked: true })).toBe('unknown')
  expect(verdict(later, { marked: true })).toBe('waiting 70 70')
  expect(verdict(never, { marked: true })).toBe('failed')
})

test('a delivery that nobody knows of is unknown, whatever else is said', () => {
  const error = netError('NET_DELIVERY_UNKNOWN', { message: 'lost' })
  const retry = { when: () => true }
  expect(verdict(error, { retry })).toBe('unknown')
  expect(verdict(error, { stopped: 'closing' })).toBe('unknown')
})

test('what a close interrupted goes back, what a deadline did is failed', () => {
  expect(verdict(aborted, { stopped: 'closing' })).toBe('waiting refund')
  expect(verdict(aborted, { stopped: 'closing', marked: true })).toBe('unknown')
  expect(verdict(aborted, { stopped: 'deadline' })).toBe('failed')
  expect(verdict(aborted, { stopped: 'deadline', marked: true })).toBe('unknown')
  expect(verdict(never, { stopped: 'closing' })).toBe('failed')
})

test('`when` decides, and only a yes or a no counts', () => {
  expect(verdict(never, { retry: { when: () => true, delay: 5, jitter: 'none' } })).toBe(
    'waiting 5',
  )
  expect(verdict(lost, { retry: { when: () => false } })).toBe('failed')
  expect(verdict(lost, { retry: false })).toBe('failed')
  const when = (): boolean => Promise.resolve(true) as never
  expect(() => verdict(lost, { retry: { when } })).toThrow('what when gives')
})

test('a handler that goes on leaves a job that is failed, or unknown', () => {
  expect(abandonedVerdict('deadline', false)).toMatchObject({ to: 'failed' })
  expect(abandonedVerdict('closing', true)).toMatchObject({ to: 'unknown' })
})
