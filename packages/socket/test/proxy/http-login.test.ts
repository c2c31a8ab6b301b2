import { expect, test } from 'vitest'

import { HttpLogin, unauthorized, type LoginTalk } from '../../src/proxy/http-login.ts'
import { thrown } from '../support.ts'

const who = { user: 'ada', password: 'lovelace', owners: [] }
const asked = { method: 'CONNECT', target: 'db.test:5432' }
const digest = (nonce: string, more = ''): string => `Digest realm="r", nonce="${nonce}"${more}`

const use = (talk: LoginTalk): string | undefined =>
  /^Basic|\bnonce="\w+"|nc=\d+/g[Symbol.match](talk.authorization(asked) ?? '')?.join(' ')

test('Basic comes first, and after a challenge of Digest that alone, each use with its number', () => {
  const login = new HttpLogin()
  const first = login.talk(who)
  expect(use(first)).toBe('Basic')
  expect(first.refused(['Basic realm="r"', digest('a', ', qop="auth"')])).toBe(true)
  expect(use(first)).toBe('nonce="a" nc=00000001')
  first.accepted()
  expect(use(login.talk(who))).toBe('nonce="a" nc=00000002')
})

test.each([
  ['Basic realm="r"'],
  ['NTLM'],
  ['Digest realm="r", nonce="a", algorithm=NEW'],
  // Not every body can be read twice.
  ['Digest realm="r", nonce="a", qop="auth-int"'],
  ['Digest realm="r", nonce="a\u0001"'],
])('%j is answered with nothing new', (offer) => {
  const talk = new HttpLogin().talk(who)
  expect(use(talk)).toBe('Basic')
  expect(talk.refused([offer])).toBe(false)
  expect(use(talk)).toBe('Basic')
})

test.each([
  ['\u0434', /letters/],
  ['a\r\nb', /letters/],
])('a user that Digest cannot carry is told as such, and Basic goes on: %j', (user, message) => {
  const talk = new HttpLogin().talk({ ...who, user })
  expect(use(talk)).toBe('Basic')
  expect(thrown(() => talk.refused([digest('a')]))).toMatchObject({
    code: 'NET_PROXY_AUTH',
    phase: 'proxy',
    cause: { message: expect.stringMatching(message) },
  })
  expect(use(talk)).toBe('Basic')
  expect(talk.refused([digest('a', ', charset=UTF-8')])).toBe(true)
  expect(use(talk)).toBe('nonce="a"')
})

test('a refusal of a new nonce means the password, one of a nonce that was good, or another connection’s, does not', () => {
  const login = new HttpLogin()
  const talk = login.talk(who)
  talk.authorization(asked)
  talk.refused([digest('a')])
  talk.authorization(asked)
  expect(talk.refused([digest('b', ', stale=true')])).toBe(false)
  talk.authorization(asked)
  talk.accepted()
  talk.authorization(asked)
  expect(talk.refused([digest('c')])).toBe(true)
  const [one, two] = [login.talk(who), login.talk(who)]
  one.authorization(asked)
  two.authorization(asked)
  expect(two.refused([digest('d')])).toBe(true)
  expect(one.refused([digest('e')])).toBe(false)
})

test.each([
  [false, ['Basic'], 'the proxy requires a user and a password'],
  [false, [digest('a')], 'the proxy requires a user and a password'],
  [true, [], 'the proxy refused user and password'],
  [true, ['NTLM', 'Basic realm="r"'], 'the proxy refused user and password'],
  [true, [digest('a')], 'the proxy refused user and password'],
  [true, ['Negotiate, NTLM TlRM==', 'NTLM'], 'the proxy takes only Negotiate, NTLM as login'],
  [false, ['Digest nonce="a", algorithm=NEW'], 'the proxy takes only Digest as login'],
])('logged in %s, offered %j: %s', (loggedIn, offers, message) => {
  const error = unauthorized('No', loggedIn, offers)
  expect(error).toMatchObject({ code: 'NET_PROXY_AUTH', retry: 'never', reply: { status: 407 } })
  expect(error.message).toContain(message)
})

test('asked to wait, it says nothing before the proxy asks, and then what the proxy takes', () => {
  const login = new HttpLogin('asked')
  const talk = login.talk(who)
  expect(use(talk)).toBeUndefined()
  expect(talk.refused(['Basic realm="r"'])).toBe(true)
  expect(use(talk)).toBe('Basic')
  expect(talk.refused(['Basic realm="r"'])).toBe(false)
  // From then on it is known.
  expect(use(login.talk(who))).toBe('Basic')
})

test.each([
  ['Digest', [digest('a')], true, 'nonce="a"'],
  ['both', ['Basic realm="r"', digest('a')], true, 'nonce="a"'],
  ['nothing that it names', [], true, 'Basic'],
  ['another way alone', ['NTLM'], false, undefined],
])('asked to wait, at a proxy that offers %s', (_, offers, again, next) => {
  const talk = new HttpLogin('asked').talk(who)
  expect(use(talk)).toBeUndefined()
  expect(talk.refused(offers)).toBe(again)
  expect(use(talk)).toBe(next)
})
