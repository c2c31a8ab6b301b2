import { expect, test } from 'vitest'

import { checkEnvelope, envelopeOf } from '../src/envelope.ts'

test('[SMTP-21] takes an empty sender, and each recipient once', () => {
  expect(
    checkEnvelope({ from: '', to: ['a@b.example', 'A <a@b.example>', 'c@d.example'] }),
  ).toMatchObject({
    from: '',
    to: ['a@b.example', 'c@d.example'],
  })
})

test('takes several recipients in one text', () => {
  expect(checkEnvelope({ from: '', to: 'a@b.example, C <c@d.example>' }).to).toEqual([
    'a@b.example',
    'c@d.example',
  ])
})

test('keeps every spelling of a recipient beside the one on the wire', () => {
  const { to, recipients } = checkEnvelope({
    from: '',
    to: ['Bob@EXAMPLE.com', 'Bob@example.com', { address: 'bob@exämple.com' }, 'bob@exämple.com'],
  })
  expect(to).toEqual(['Bob@example.com', 'bob@xn--exmple-cua.com'])
  expect(recipients).toEqual([
    { address: 'Bob@EXAMPLE.com', wire: 'Bob@example.com' },
    { address: 'Bob@example.com', wire: 'Bob@example.com' },
    { address: 'bob@exämple.com', wire: 'bob@xn--exmple-cua.com' },
  ])
})

test('takes no other types', () => {
  const a = 'a@b.example'
  for (const wrong of [
    'a',
    5,
    null,
    [],
    { from: null, to: a },
    { from: 5, to: a },
    { from: [a], to: a },
    { from: a, to: 5 },
    { from: a, to: null },
    { from: a, to: [5] },
  ]) {
    expect(() => checkEnvelope(wrong as never)).toThrow(
      expect.objectContaining({ code: 'NET_BAD_OPTION' }),
    )
  }
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
