import { digestAnswer, digestIn, parseChallenges } from '@net/socket/road'
import { expect, test } from 'vitest'

import { DigestLogin } from '../../src/testing/digest-login.ts'

test('knows who proves it, once per number and for what was asked', () => {
  const login = new DigestLogin({ ada: 'lovelace' })
  const asked = { method: 'CONNECT', target: 'a.test:1' }
  const answer = (password: string, count: number, user = 'ada'): string =>
    digestAnswer(
      digestIn(parseChallenges(login.challenge))!,
      { user, password },
      { method: asked.method, uri: asked.target, count, cnonce: 'c' },
    )
  expect(login.userOf(answer('lovelace', 1), asked)).toBe('ada')
  expect(login.userOf(answer('lovelace', 1), asked)).toBeUndefined()
  expect(login.userOf(answer('lovelace', 2), { ...asked, target: 'b.test:1' })).toBeUndefined()
  expect(login.userOf(answer('other', 2), asked)).toBeUndefined()
  expect(login.userOf(answer('lovelace', 2, 'bob'), asked)).toBeUndefined()
  expect(login.userOf('Basic eA==', asked)).toBeUndefined()
  expect(login.userOf(answer('lovelace', 2), asked)).toBe('ada')
})
