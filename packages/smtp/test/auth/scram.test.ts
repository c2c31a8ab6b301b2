import { connect, scramSha1, scramSha256, type AuthLogin } from '@net/smtp'
import { startSmtpServer } from '@net/smtp/testing'
import { describe, expect, test } from 'vitest'

import { scramAttributes, scramKeys, xor } from '../../src/auth/scram.ts'

const users = { 'jürgen, =x': 'pässwörd-ünïcode' }
const login: AuthLogin = {
  user: 'user',
  secret: 'pencil',
  host: 'x.example',
  port: 587,
  bindingOffered: false,
}

test('[SMTP-13] logs in without telling the password, and sees that the server knows it', async () => {
  for (const auth of [scramSha256(), scramSha1()]) {
    await using server = await startSmtpServer({ users, mechanisms: [auth.name, 'PLAIN'] })
    const [[user, password] = ['', '']] = Object.entries(users)
    await using client = await connect(server.url, { user, password })
    expect(server.received[1]).toBe(`AUTH ${auth.name} [secret]`)
    await client.close()
    await expect(connect(server.url, { user, password: 'another-one' })).rejects.toMatchObject({
      code: 'NET_AUTH_REJECTED',
      reply: { status: 535 },
    })
  }
})

test('computes the keys of the example in RFC 5802', async () => {
  const keys = await scramKeys('sha1', 'pencil', Buffer.from('QSXCR+Q6sek8bf92', 'base64'), 4096)
  expect(keys.stored.toString('hex')).toBe('e9d94660c39d65c38fbad91c358f14da0eef2bd6')
  expect(keys.server.toString('hex')).toBe('0fe09258b3ac852ba502cc62ba903eaacdbf7d31')
  expect(xor(Buffer.from([1, 2]), Buffer.from([3, 2]))).toEqual(Buffer.from([2, 0]))
})

describe('does not go on with', () => {
  /** What the dialogue says to a challenge behind its first answer, whose nonce it gets. */
  async function answerTo(challenge: (nonce: string) => string): Promise<unknown> {
    const dialogue = scramSha256().begin(login)
    const first = String(await dialogue.answer(undefined))
    const nonce = scramAttributes(first.slice(3)).get('r') ?? ''
    return dialogue.answer(Buffer.from(challenge(nonce)))
  }

  test('few or very many rounds, which would give the password away or keep us busy', async () => {
    for (const rounds of [1, 4095, 100_000_000]) {
      await expect(answerTo((nonce) => `r=${nonce}x,s=c2FsdA==,i=${rounds}`)).rejects.toMatchObject(
        {
          code: 'NET_WEAK_ALGORITHM',
        },
      )
    }
  })

  test('a nonce that is not ours, and what is no challenge', async () => {
    for (const wrong of [
      () => 'r=abc,s=c2FsdA==,i=4096',
      (nonce: string) => `r=${nonce},s=c2FsdA==,i=4096`,
      (nonce: string) => `m=1,r=${nonce}x,s=c2FsdA==,i=4096`,
      () => 'hello',
    ]) {
      await expect(answerTo(wrong)).rejects.toMatchObject({ code: 'NET_PROTO_UNEXPECTED' })
    }
  })

  test('a server that does not prove that it knows the password', async () => {
    const dialogue = scramSha256().begin(login)
    const first = String(await dialogue.answer(undefined))
    const nonce = scramAttributes(first.slice(3)).get('r') ?? ''
    await dialogue.answer(Buffer.from(`r=${nonce}x,s=c2FsdA==,i=4096`))
    expect(() => dialogue.accepted?.()).toThrow(/without proving/)
    await expect(dialogue.answer(Buffer.from('v=AAAA'))).rejects.toMatchObject({
      code: 'NET_PROTO_UNEXPECTED',
    })
  })
})

test('says whether the login could be tied to TLS', async () => {
  const binding = { type: 'tls-exporter', data: Buffer.from('x') } as const
  const flag = async (given: Partial<AuthLogin>): Promise<string> =>
    String(
      await scramSha256()
        .begin({ ...login, ...given })
        .answer(undefined),
    ).slice(0, 2)
  expect(await flag({})).toBe('n,')
  expect(await flag({ binding })).toBe('y,')
  expect(await flag({ binding, bindingOffered: true })).toBe('n,')
})
