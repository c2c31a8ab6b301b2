import { expect, test } from 'vitest'

import { Mailbox, type ReceivedMail } from '../../src/testing/mailbox.ts'

function mail(text: string): ReceivedMail {
  return {
    envelope: { from: 'a@b', to: ['c@d'] },
    raw: Buffer.from(text),
    secure: false,
    headers: new Map(),
    text,
  }
}

test('waits for a message that is there or still to come', async () => {
  const mailbox = new Mailbox()
  const second = mailbox.waitFor(({ text }) => text === 'two')
  mailbox.add(mail('one'))
  mailbox.add(mail('two'))
  expect((await second).text).toBe('two')
  expect((await mailbox.waitFor()).text).toBe('one')
  expect(mailbox.messages).toHaveLength(2)
  mailbox.clear()
  expect(mailbox.messages).toEqual([])
})
