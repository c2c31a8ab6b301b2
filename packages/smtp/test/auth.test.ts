import { secret } from '@net/core'
import { redact } from '@net/core/authoring'
import { login, plain, type AuthMechanism } from '@net/smtp'
import { expect, test } from 'vitest'

import {
  chooseMechanisms,
  defaultMechanisms,
  plainExchange,
  refusesMechanism,
} from '../src/auth.ts'
import { parseCapabilities } from '../src/capabilities.ts'

function offering(mechanisms: string): ReturnType<typeof parseCapabilities> {
  return parseCapabilities({ status: 250, text: `peer\nAUTH ${mechanisms}` })
}

test('[SMTP-13] takes the wanted mechanisms that are offered, in the order of the caller', () => {
  const choose = (wanted: readonly AuthMechanism[], offered: string): readonly AuthMechanism[] =>
    chooseMechanisms(wanted, offering(offered))
  expect(choose(defaultMechanisms(), 'LOGIN PLAIN')).toEqual([plain(), login()])
  expect(choose(defaultMechanisms(), 'CRAM-MD5 LOGIN')).toEqual([login()])
  expect(choose([login(), plain(), login()], 'PLAIN LOGIN')).toEqual([login(), plain()])
})

test('[H-SMTP-15] never falls back to a mechanism that was not named', () => {
  expect(() => chooseMechanisms([login()], offering('PLAIN'))).toThrow(
    expect.objectContaining({ code: 'NET_AUTH_NO_METHOD' }),
  )
  expect(() =>
    chooseMechanisms([plain()], parseCapabilities({ status: 250, text: 'peer' })),
  ).toThrow(/it offers none/)
})

test('[H-SMTP-14] what PLAIN sends is struck out in the form in which it goes over the wire', () => {
  const password = secret('a-password-of-ours')
  const held = plainExchange('ada', password)
  const wire = Buffer.from('\0ada\0a-password-of-ours').toString('base64')
  expect(redact(`535 ${wire} refused`)).toBe('535 [secret] refused')
  expect(held.reveal()).toBe('\0ada\0a-password-of-ours')
})

test('a refused mechanism differs from a refused password', () => {
  const reply = (text: string): boolean => {
    const [, status, enhanced, rest = ''] = /^(\d+) (?:(\d\.\d\.\d+) )?(.*)$/.exec(text) ?? []
    return refusesMechanism({
      status: Number(status),
      text: rest,
      ...(enhanced === undefined ? {} : { enhanced }),
    })
  }
  for (const text of [
    '500 5.5.1 Command not known',
    '501 5.5.2 Cannot decode',
    '502 Not implemented',
    '504 5.7.4 Unrecognized authentication type',
    '534 5.7.9 Too weak',
    '535 5.7.4 Not here',
    '535 5.5.4 Optional argument',
    '535 Authentication mechanism not supported',
  ]) {
    expect(reply(text)).toBe(true)
  }
  for (const text of [
    '535 5.7.8 Authentication failed',
    '535 5.7.3 Authentication unsuccessful',
    '535 Incorrect authentication data',
    '454 4.7.0 Temporary failure',
    '530 5.7.0 Must issue STARTTLS first',
  ]) {
    expect(reply(text)).toBe(false)
  }
})
