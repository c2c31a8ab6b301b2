import { fromText } from '@net/core'
import { expect, test } from 'vitest'

import { prepareMail, recipientsShown } from '../src/prepared-mail.ts'
import { openingFor } from './opening.ts'
import { sendLimits } from '../src/send-limits.ts'

const limits = { limits: sendLimits(undefined, undefined) }
const envelope = { envelope: { from: 'a@b.example', to: 'c@d.example' } }

test('distinguishes a message from a source', async () => {
  const message = prepareMail({ from: 'a@b.example', to: 'x@y.example', text: 'x' }, {}, limits)
  expect(message).toMatchObject({
    envelope: { to: ['x@y.example'] },
    messageId: expect.stringContaining('@b.example'),
  })
  const raw = prepareMail(fromText('x'), envelope, limits)
  expect(raw).toMatchObject({ envelope: { to: ['c@d.example'] } })
  expect(raw).not.toHaveProperty('messageId')
  const content = await openingFor((opening) => raw.open(opening))
  expect(content.size).toBe('x\r\n'.length)
  await content.close()
})

test('refuses what is neither, and a source without an envelope', () => {
  const bad = expect.objectContaining({ code: 'NET_BAD_OPTION' })
  expect(() => prepareMail('Subject: x' as never, envelope, limits)).toThrow(bad)
  expect(() => prepareMail({} as never, envelope, limits)).toThrow(bad)
  expect(() => prepareMail(null as never, {}, limits)).toThrow(bad)
  expect(() => prepareMail(fromText('x'), {}, limits)).toThrow(bad)
})

test('names the recipients in a few words', () => {
  expect(recipientsShown(['a@b.example'])).toBe('a@b.example')
  expect(recipientsShown(['a@b.example', 'c', 'd'])).toBe('a@b.example and 2 more')
})
