import { expect, test } from 'vitest'

import { DeliverySum } from '../src/delivery-sum.ts'
import { replyError } from '../src/errors.ts'
import type { PreparedMail } from '../src/prepared-mail.ts'
import { Transaction } from '../src/transaction.ts'

const recipients = ['a@x', 'b@x', 'c@x'].map((address) => ({ address, wire: address }))
const mail = { envelope: { recipients }, messageId: '<m@x>' } as unknown as PreparedMail
const ok = (text: string) => ({ status: 250, text })

test('adds transactions up, each recipient once and with the reply of its own', () => {
  const sum = new DeliverySum(mail)
  expect(sum.result).toBeUndefined()
  for (const [at, text] of ['first', 'second'].entries()) {
    const transaction = new Transaction(recipients.slice(at, at + 1))
    transaction.recipient(recipients[at]?.wire ?? '', ok('yes'))
    sum.took(transaction, ok(text))
  }
  const error = replyError({ status: 550, text: 'no' }, { command: 'RCPT', address: 'c@x' })
  sum.refused([{ address: 'c@x', wire: 'c@x', error }], new Set())
  sum.lost(recipients.slice(2), error)
  expect(sum.result).toMatchObject({
    delivery: 'partial',
    accepted: ['a@x', 'b@x'],
    rejected: [{ address: 'c@x', error }],
    recipients: [{ reply: { text: 'first' } }, { reply: { text: 'second' } }, { address: 'c@x' }],
    reply: { text: 'second' },
    messageId: '<m@x>',
  })
  expect(sum.result?.recipients[2]).not.toHaveProperty('reply')
})

test('leaves out those who come again', () => {
  const sum = new DeliverySum(mail)
  const error = replyError({ status: 452, text: 'no' }, { command: 'RCPT', address: 'a@x' })
  sum.refused([{ address: 'a@x', wire: 'a@x', error }], new Set(['a@x']))
  expect(sum.rejected).toEqual([])
})
