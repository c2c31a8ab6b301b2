import { cramMd5, login, plain, xoauth2, type AuthMechanism } from '@net/smtp'
import { expect, test } from 'vitest'

import {
  checkMechanisms,
  chooseMechanisms,
  defaultMechanisms,
  refusesMechanism,
} from '../../src/auth/choice.ts'
import { parseCapabilities } from '../../src/capabilities.ts'

const password = { uses: 'password', encrypted: true, bindable: false } as const

function offering(mechanisms: string): ReturnType<typeof parseCapabilities> {
  return parseCapabilities({ status: 250, text: `peer\nAUTH ${mechanisms}` })
}

test('[SMTP-13] takes the wanted mechanisms that are offered, in the order of the caller', () => {
  const choose = (wanted: readonly AuthMechanism[], offered: string): readonly AuthMechanism[] =>
    chooseMechanisms(wanted, offering(offered), password)
  expect(choose(defaultMechanisms(password), 'LOGIN PLAIN')).toEqual([plain(), login()])
  expect(choose(defaultMechanisms(password), 'CRAM-MD5 LOGIN')).toEqual([login(), cramMd5()])
  expect(choose([login(), plain(), login()], 'PLAIN LOGIN')).toEqual([login(), plain()])
})

test('takes the strongest first, and what ties the login to TLS only where that can be told', () => {
  const everything =
    'LOGIN PLAIN CRAM-MD5 SCRAM-SHA-1 SCRAM-SHA-1-PLUS SCRAM-SHA-256 SCRAM-SHA-256-PLUS XOAUTH2 OAUTHBEARER EXTERNAL'
  const chosen = (conditions: Parameters<typeof defaultMechanisms>[0]): string =>
    chooseMechanisms(defaultMechanisms(conditions), offering(everything), conditions)
      .map(({ name }) => name)
      .join(' ')
  expect(chosen(password)).toBe('SCRAM-SHA-256 SCRAM-SHA-1 PLAIN LOGIN CRAM-MD5')
  expect(chosen({ ...password, encrypted: false })).toBe(
    'SCRAM-SHA-256 SCRAM-SHA-1 CRAM-MD5 PLAIN LOGIN',
  )
  expect(chosen({ ...password, bindable: true })).toMatch(
    /^SCRAM-SHA-256-PLUS SCRAM-SHA-256 SCRAM-SHA-1-PLUS SCRAM-SHA-1 /,
  )
  expect(chosen({ ...password, uses: 'token' })).toBe('OAUTHBEARER XOAUTH2')
  expect(chosen({ ...password, uses: 'nothing' })).toBe('EXTERNAL')
})

test('[H-SMTP-15] never falls back to a mechanism that was not named', () => {
  expect(() => chooseMechanisms([login()], offering('PLAIN'), password)).toThrow(
    expect.objectContaining({ code: 'NET_AUTH_NO_METHOD' }),
  )
  expect(() =>
    chooseMechanisms([plain()], parseCapabilities({ status: 250, text: 'peer' }), password),
  ).toThrow(/it offers none/)
})

test('a mechanism for a token is refused where a password was given, and the other way round', () => {
  const bad = expect.objectContaining({ code: 'NET_BAD_OPTION' })
  expect(() => checkMechanisms([xoauth2()], 'password')).toThrow(bad)
  expect(() => checkMechanisms([plain(), xoauth2()], 'token')).toThrow(bad)
  expect(() => checkMechanisms([], 'password')).toThrow(bad)
  expect(checkMechanisms([plain(), login()], 'password')).toBeUndefined()
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
    '501 5.5.127 The token ends soon',
    '535 5.7.8 Authentication failed',
    '535 5.7.3 Authentication unsuccessful',
    '535 Incorrect authentication data',
    '454 4.7.0 Temporary failure',
    '530 5.7.0 Must issue STARTTLS first',
  ]) {
    expect(reply(text)).toBe(false)
  }
})
