import { createCookieJar } from '@net/http'
import { expect, test } from 'vitest'

import { policyBy } from '../../src/cookies/cookie-policy.ts'

test('[HTTP-41] domains are allowed and blocked with all hosts below them', async () => {
  const jar = createCookieJar({
    allow: ['shop.example', 'other.example'],
    block: ['ads.shop.example'],
  })
  await jar.ready()
  const refused = (host: string): string | undefined =>
    jar.learn(`https://${host}/`, ['a=1'])[0]?.refused
  expect(refused('www.shop.example')).toBeUndefined()
  expect(refused('other.example')).toBeUndefined()
  expect(refused('x.ads.shop.example')).toBe('the policy blocks its domain')
  expect(refused('third.example')).toBe('the policy does not allow its domain')
})

test('[HTTP-41] a function decides about each cookie, and one age holds for all', async () => {
  const jar = createCookieJar({ accept: ({ name }) => name !== 'tracker', maxAge: 1000 })
  await jar.ready()
  expect(jar.learn('https://a.example/', ['tracker=1', 'id=2; Max-Age=60'])).toEqual([
    { name: 'tracker', refused: 'the policy does not accept it' },
    { name: 'id', refused: undefined },
  ])
  const [{ expires = 0 } = {}] = [...jar]
  expect(expires).toBeLessThanOrEqual(Date.now() + 1000)
})

test('by default all is kept, for at most 400 days', () => {
  const policy = policyBy({})
  expect(policy.maxAge).toBe(400 * 86_400_000)
  expect(policy.refuse({ domain: 'a.example' } as never)).toBeUndefined()
})
