import { expect, test } from 'vitest'

import { refusal } from '../../src/engine/ssh2-refusal.ts'

function failure(reason: number, text: string): Error {
  return Object.assign(new Error(`(SSH) Channel open failure: ${text}`), { reason })
}

test('a refusal is reported by its reason', () => {
  for (const [reason, code] of [
    [1, 'NET_ACCESS_DENIED'],
    [2, 'NET_REPLY_PERMANENT'],
    [3, 'NET_UNSUPPORTED'],
    [4, 'NET_REPLY_TEMPORARY'],
    [99, 'NET_REPLY_PERMANENT'],
  ] as const) {
    expect(refusal(failure(reason, 'no'))).toMatchObject({
      name: 'SshChannelError',
      code,
      reason,
      reply: { status: reason, text: 'no' },
    })
  }
  expect(refusal(failure(2, '')).message).toContain('reason 2')
})

test('other errors pass', () => {
  const lost = new Error('No response from server')
  expect(refusal(lost)).toBe(lost)
  expect(refusal(undefined).message).toBe('No response from server')
})
