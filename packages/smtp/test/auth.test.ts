import { secret } from '@net/core'
import { redact } from '@net/core/authoring'
import { login, plain } from '@net/smtp'
import { expect, test } from 'vitest'

import { chooseMechanism, defaultMechanisms, plainExchange } from '../src/auth.ts'
import { parseCapabilities } from '../src/capabilities.ts'

function offering(mechanisms: string): ReturnType<typeof parseCapabilities> {
  return parseCapabilities({ status: 250, text: `peer\nAUTH ${mechanisms}` })
}

test('[SMTP-13] takes the first wanted mechanism that is offered', () => {
  expect(chooseMechanism(defaultMechanisms(), offering('LOGIN PLAIN'))).toBe(plain())
  expect(chooseMechanism(defaultMechanisms(), offering('CRAM-MD5 LOGIN'))).toBe(login())
  expect(chooseMechanism([login(), plain()], offering('PLAIN LOGIN'))).toBe(login())
})

test('[H-SMTP-15] never falls back to a mechanism that was not named', () => {
  expect(() => chooseMechanism([login()], offering('PLAIN'))).toThrow(
    expect.objectContaining({ code: 'NET_AUTH_NO_METHOD' }),
  )
  expect(() =>
    chooseMechanism([plain()], parseCapabilities({ status: 250, text: 'peer' })),
  ).toThrow(/offered none/)
})

test('[H-SMTP-14] what PLAIN sends is struck out in the form in which it goes over the wire', () => {
  const password = secret('a-password-of-ours')
  const held = plainExchange('ada', password)
  const wire = Buffer.from('\0ada\0a-password-of-ours').toString('base64')
  expect(redact(`535 ${wire} refused`)).toBe('535 [secret] refused')
  expect(held.reveal()).toBe('\0ada\0a-password-of-ours')
})
