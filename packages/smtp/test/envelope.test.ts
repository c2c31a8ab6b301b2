import { expect, test } from 'vitest'

import { checkEnvelope, envelopeOf } from '../src/envelope.ts'

test('[SMTP-21] takes an empty sender, and each recipient once', () => {
  expect(
    checkEnvelope({ from: '', to: ['a@b.example', 'A <a@b.example>', 'c@d.example'] }),
  ).toEqual({
    from: '',
    to: ['a@b.example', 'c@d.example'],
  })
})

test('needs a sender, a recipient and an object', () => {
  expect(() => checkEnvelope({ to: 'a@b.example' } as never)).toThrow(
    expect.objectContaining({ code: 'NET_BAD_OPTION' }),
  )
  expect(() => checkEnvelope('a@b.example' as never)).toThrow(
    expect.objectContaining({ code: 'NET_BAD_OPTION' }),
  )
  expect(() => envelopeOf('a@b.example', [])).toThrow(
    expect.objectContaining({ code: 'NET_BAD_ADDRESS' }),
  )
})

test('[H-SMTP-10] refuses line breaks', () => {
  expect(() => checkEnvelope({ from: 'a@b.example\r\nRCPT TO:<x@y>', to: 'a@b.example' })).toThrow(
    expect.objectContaining({ code: 'NET_INJECTION' }),
  )
})
