import { useFakeClock } from '@net/core/testing'
import { expect, test } from 'vitest'

import { AnswerCut, Struck } from '../../src/testing/answer-cut.ts'
import type { HttpFault } from '../../src/testing/faults.ts'

function cutting(fault: HttpFault | undefined) {
  let sent = ''
  const cut = new AnswerCut(fault)
  const send = (...texts: readonly string[]): Promise<void> =>
    cut.send(
      texts.map((text) => Buffer.from(text)),
      async (chunks) => {
        sent += Buffer.concat(chunks).toString()
      },
    )
  return { send, sent: () => sent }
}

test('every byte before the fault leaves, and none behind it', async () => {
  for (let after = 1; after <= 6; after++) {
    const { send, sent } = cutting({ after, do: 'reset' })
    const all = send('ab', 'c').then(() => send('def'))
    await expect(all).rejects.toEqual(new Struck('reset'))
    expect(sent()).toBe('abcdef'.slice(0, after))
  }
})

test('an answer that is shorter is not cut', async () => {
  const { send, sent } = cutting({ after: 7, do: 'drop' })
  await send('abcdef')
  expect(sent()).toBe('abcdef')
})

test('a delay in the middle holds the rest back', async () => {
  using clock = useFakeClock()
  const { send, sent } = cutting({ after: 2, do: { delay: 500 } })
  const done = send('abcd')
  await clock.advance(499)
  expect(sent()).toBe('ab')
  await clock.advance(1)
  await done
  await send('ef')
  expect(sent()).toBe('abcdef')
})

test.each([undefined, { do: 'drop' }, { after: 2, do: { reply: {} } }] as const)(
  'nothing is cut by %j',
  async (fault) => {
    const { send, sent } = cutting(fault)
    await send('abcd')
    expect(sent()).toBe('abcd')
  },
)
