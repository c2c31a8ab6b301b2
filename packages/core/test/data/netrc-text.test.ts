import { canary, expectNoCanary } from '@tools/canary'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { isNetError } from '@net/core'
import { parseNetrc } from '../../src/data/netrc-text.ts'

function at(text: string, host: string): string | undefined {
  const entry = parseNetrc(text)(host)
  return entry && `${entry.login}/${entry.password.reveal()}`
}

test('each machine has its login; other machines have that of default, or none', () => {
  const text =
    'machine a.test login ada password one\nmachine B.test\n\tlogin bob\n\tpassword two\n'
  expect([at(text, 'a.test'), at(text, 'b.test'), at(text, 'c.test')]).toEqual([
    'ada/one',
    'bob/two',
    undefined,
  ])
  expect(at(`${text}default login any password three`, 'c.test')).toBe('any/three')
  expect(at(text, 'sub.a.test')).toBeUndefined()
})

test('the first entry of a host counts; a login or a password may be missing', () => {
  const text =
    'machine a.test user ada machine a.test login bob password b machine c.test password c'
  expect([at(text, 'a.test'), at(text, 'c.test')]).toEqual(['ada/', '/c'])
})

test('comments, quotations, accounts and macros', () => {
  const text = [
    '# machine no.test login x password y',
    'machine a.test # here too',
    '  login "ada lovelace" account ignored password "a \\" b\\\\"',
    'macdef init',
    'machine inside.test login x password y',
    '',
    'machine b.test login bob password #notacomment',
  ].join('\n')
  expect(at(text, 'a.test')).toBe('ada lovelace/a " b\\')
  expect(at(text, 'b.test')).toBe('bob/#notacomment')
  expect([at(text, 'no.test'), at(text, 'inside.test')]).toEqual([undefined, undefined])
  expect(at('', 'a.test')).toBeUndefined()
  expect(at('macdef last\nmachine a.test', 'a.test')).toBeUndefined()
})

test('the error of a wrong netrc file names the line, and contains no word of it', () => {
  const hidden = canary('netrc-password')
  for (const [text, line] of [
    [`machine a.test\nlogin ada\npassword ${hidden} ${hidden}`, 3],
    [`machine a.test login ada\npassword "${hidden}`, 2],
    ['machine', 1],
    [`\n\nhost ${hidden}`, 3],
  ] as const) {
    let thrown: unknown
    try {
      parseNetrc(text)
    } catch (error) {
      thrown = error
    }
    expect(thrown).toMatchObject({ code: 'NET_BAD_CONFIG' })
    expect(thrown).toHaveProperty('message', expect.stringContaining(`line ${line}`))
    expectNoCanary([thrown])
  }
})

test('any text is a netrc or an error of ours', () => {
  const words = fc.constantFrom(
    'machine',
    'default',
    'login',
    'password',
    'macdef',
    '#',
    '"',
    '\n',
    ' ',
    'x',
  )
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(words).map((all) => all.join(' ')),
        fc.string(),
      ),
      (text) => {
        try {
          parseNetrc(text)('x')
        } catch (error) {
          expect(isNetError(error)).toBe(true)
        }
      },
    ),
  )
})

test('a trailing dot of a name does not make another machine of it', () => {
  const text = 'machine a.test login ada password one\nmachine b.test. login bob password two\n'
  expect([at(text, 'a.test.'), at(text, 'b.test')]).toEqual(['ada/one', 'bob/two'])
})
