import { canary, expectNoCanary } from '@tools/canary'
import { redact } from '@net/core/authoring'
import { basic, bearer } from '@net/http'
import { expect, test } from 'vitest'

const asking = { signal: new AbortController().signal, url: new URL('https://shop.test') }

test('[HTTP-35] basic is user and password in UTF-8 and base64', async () => {
  const authorization = await basic('Aladdin', 'open sesäme').authorization(asking)
  expect(authorization).toBe(`Basic ${Buffer.from('Aladdin:open sesäme').toString('base64')}`)
})

test('bearer is the token', async () => {
  expect(await bearer('abcd.efgh').authorization(asking)).toBe('Bearer abcd.efgh')
})

test('held secrets are struck out, also in the form of the wire', async () => {
  const password = canary('password')
  const auth = basic('ada', password)
  const wire = await auth.authorization(asking)
  expect(redact(`${password} and ${wire}`)).toBe('[secret] and Basic [secret]')
  expectNoCanary(auth)
})

test('a callback is asked once, and again after a refusal', async () => {
  const asked: unknown[] = []
  const auth = bearer(({ what, rejected }) => {
    asked.push([what, rejected])
    return `token-${asked.length}`
  })
  const first = (await auth.authorization(asking)) ?? ''
  expect(first).toBe('Bearer token-1')
  expect(await auth.authorization(asking)).toBe(first)
  expect(auth.refused(first)).toBe(true)
  const second = (await auth.authorization(asking)) ?? ''
  expect(second).toBe('Bearer token-2')
  expect(auth.refused(second)).toBe(false)
  expect(asked).toEqual([
    ['token', undefined],
    ['token', true],
  ])
})

test('a fixed credential has no other answer', async () => {
  const auth = basic('ada', 'lovelace-1815')
  expect(auth.refused((await auth.authorization(asking)) ?? '')).toBe(false)
})

test.each([
  ['a colon', 'a:b', 'NET_BAD_OPTION'],
  ['a line break', 'a\nb', 'NET_INJECTION'],
])('a user with %s is refused', (_name, user, code) => {
  expect(() => basic(user, 'x')).toThrow(expect.objectContaining({ code }))
})

test.each([33_000, 300_000])(
  'a token of %i characters is struck out of an error too',
  async (length) => {
    const token = `start-${'k/1+'.repeat(length / 4)}`
    const auth = bearer(token)
    const wire = (await auth.authorization(asking)) ?? ''
    expect(wire).toHaveLength(token.length + 'Bearer '.length)
    expect(redact(`refused: ${wire}`).slice(0, 100)).toBe('refused: Bearer [secret]')
  },
)
