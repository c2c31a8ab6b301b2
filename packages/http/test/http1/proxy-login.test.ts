import { createHash } from 'node:crypto'
import type { Socket } from 'node:net'

import { useFakeClock } from '@net/core/testing'
import { createClient } from '@net/http'
import { expect, test } from 'vitest'

import { answerOf, startRawServer, type RawServer } from '../raw-server.ts'

const DIGEST = 'Digest realm="r", nonce="n", qop="auth"'
const BASIC = 'Basic realm="r"'
const NEVER = { code: 'NET_PROXY_AUTH', phase: 'proxy', retry: 'never' }

function refusal(offers: readonly string[], rest: string): string {
  const lines = offers.map((offer) => `proxy-authenticate: ${offer}\r\n`)
  return `HTTP/1.1 407 No\r\n${lines.join('')}${rest}`
}

const KEPT = 'content-length: 4\r\n\r\nwho?'
const CLOSED = 'content-length: 4\r\nconnection: close\r\n\r\nwho?'

/** Gives the answers in turn, then `ok`; an answer that says so is the last on its connection. */
function proxyWith(...answers: readonly string[]): Promise<RawServer> {
  return startRawServer((socket: Socket, number: number) => {
    const answer = answers[number - 1] ?? answerOf('ok')
    if (answer.includes('connection: close')) socket.end(answer)
    else socket.write(answer)
  })
}

const clientOf = (proxy: RawServer) =>
  createClient({ proxy: proxy.url.replace('//', '//ada:lovelace@') })

/** The logins of each connection, in order. */
function loginsOf({ heard }: RawServer): string[][] {
  return heard.map((bytes) =>
    [...bytes.toString().matchAll(/^proxy-authorization: (\w+)(?:.*nc=0*(\d+))?/gm)].map(
      ([, scheme, count]) => (count === undefined ? `${scheme}` : `${scheme} ${count}`),
    ),
  )
}

const md5 = (text: string): string => createHash('md5').update(text).digest('hex')

test.each([
  ['Digest', [DIGEST]],
  ['Digest and Basic', [DIGEST, BASIC]],
  ['Basic and Digest', [BASIC, DIGEST]],
])('a proxy that offers %s gets Digest, and Basic no more', async (_name, offers) => {
  for (const keeps of [true, false]) {
    await using proxy = await proxyWith(refusal(offers, keeps ? KEPT : CLOSED))
    await using api = clientOf(proxy)
    expect(await api.post('http://shop.test/up?x', { json: [1] }).text()).toBe('ok')
    expect(await api.get('http://shop.test/').text()).toBe('ok')
    const digests = ['Digest 1', 'Digest 2']
    expect(loginsOf(proxy)).toEqual(keeps ? [['Basic', ...digests]] : [['Basic'], digests])
    const text = proxy.heard.join('')
    expect(text.match(/\[1\]/g)).toHaveLength(2)
    const [, cnonce, response] =
      /uri="http:\/\/shop\.test\/up\?x", response="(?=.*cnonce="(\w+))(\w+)/.exec(text) ?? []
    const asked = md5('POST:http://shop.test/up?x')
    expect(response).toBe(md5(`${md5('ada:r:lovelace')}:n:00000001:${cnonce}:auth:${asked}`))
  }
})

test.each([
  ['Basic', [BASIC], ['Basic', 'Basic']],
  ['Digest and Basic', [DIGEST, BASIC], ['Digest 1', 'Digest 2']],
])(
  'where the login waits for the challenge, a proxy that offers %s hears of it then',
  async (_name, offers, logins) => {
    for (const rest of [KEPT, CLOSED]) {
      await using proxy = await proxyWith(refusal(offers, rest))
      const url = proxy.url.replace('//', '//ada:lovelace@')
      await using api = createClient({ proxy: { 'http:': url }, proxyLogin: 'asked' })
      expect(await api.post('http://shop.test/up', { json: [1] }).text()).toBe('ok')
      expect(await api.get('http://shop.test/').text()).toBe('ok')
      expect(loginsOf(proxy).flat()).toEqual(logins)
      expect(proxy.heard.join('').match(/POST http/g)).toHaveLength(2)
    }
  },
)

test.each([
  ['Basic', [BASIC], 'refused user and password'],
  ['NTLM and Negotiate', ['NTLM', 'Negotiate'], 'takes only NTLM, Negotiate as login'],
])('a proxy that offers %s has the last word', async (_name, offers, message) => {
  for (const rest of [KEPT, CLOSED]) {
    await using proxy = await proxyWith(refusal(offers, rest))
    await using api = clientOf(proxy)
    await expect(api.get('http://shop.test/')).rejects.toMatchObject({
      ...NEVER,
      message: expect.stringContaining(message),
    })
    expect(loginsOf(proxy)).toEqual([['Basic']])
  }
})

test('the 407 after the answer is the last, whether the connection is kept or not', async () => {
  for (const rest of [KEPT, CLOSED]) {
    const again = refusal(['Digest realm="r", nonce="m", qop="auth", stale=true'], rest)
    await using proxy = await proxyWith(refusal([DIGEST], rest), again)
    await using api = clientOf(proxy)
    await expect(api.get('http://shop.test/')).rejects.toMatchObject(NEVER)
    expect(loginsOf(proxy).flat()).toEqual(['Basic', 'Digest 1'])
  }
})

test.each([
  ['too long', `content-length: 70000\r\n\r\n`],
  ['longer than was told', `transfer-encoding: chunked\r\n\r\n11170\r\n${'x'.repeat(70_000)}`],
  ['without an end of its own', '\r\nwho?'],
])(
  'where the body of the refusal is %s, the request goes over another connection',
  async (_name, rest) => {
    await using proxy = await proxyWith(refusal([DIGEST], rest))
    await using api = clientOf(proxy)
    expect(await api.get('http://shop.test/').text()).toBe('ok')
    expect(loginsOf(proxy)).toEqual([['Basic'], ['Digest 1']])
  },
)

test('a proxy that hangs up behind its refusal gets the request over another connection', async () => {
  await using proxy = await startRawServer((socket, number) => {
    if (number === 1) socket.write(refusal([DIGEST], KEPT))
    else if (number === 2) socket.destroy()
    else socket.write(answerOf('ok'))
  })
  await using api = clientOf(proxy)
  expect(await api.get('http://shop.test/', { retry: false }).text()).toBe('ok')
  expect(loginsOf(proxy)).toEqual([['Basic', 'Digest 1'], ['Digest 2']])
})

test('the body of the refusal has 5 seconds', async () => {
  using clock = useFakeClock()
  await using proxy = await proxyWith(refusal([DIGEST], 'content-length: 4\r\n\r\nwh'))
  await using api = clientOf(proxy)
  const got = api.get('http://shop.test/').text()
  await expect
    .poll(async () => {
      await clock.advance(1000)
      return loginsOf(proxy)
    })
    .toEqual([['Basic'], ['Digest 1']])
  expect(await got).toBe('ok')
})

test('a body that can be read only once is not sent again, and the next call has the answer', async () => {
  await using proxy = await proxyWith(refusal([DIGEST], KEPT))
  await using api = clientOf(proxy)
  async function* body(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('once')
  }
  await expect(api.post('http://shop.test/', { body: body() })).rejects.toMatchObject({
    ...NEVER,
    message: expect.stringContaining('cannot be sent again'),
  })
  expect(await api.post('http://shop.test/', { body: body() }).text()).toBe('ok')
  expect(loginsOf(proxy)).toEqual([['Basic'], ['Digest 1']])
})
