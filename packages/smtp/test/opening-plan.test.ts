import { expect, test } from 'vitest'

import { connectOptions, type SmtpConnectOptions } from '../src/client-options.ts'
import { planOf } from '../src/opening-plan.ts'

function plan(url: string, options: SmtpConnectOptions = {}): ReturnType<typeof planOf> {
  return planOf(url, connectOptions(options))
}

test('the URL says the port and the protocol', () => {
  expect(plan('smtp://x.example')).toMatchObject({
    endpoint: { port: 587 },
    handshake: { lmtp: false },
  })
  expect(plan('smtps://x.example')).toMatchObject({ endpoint: { port: 465 } })
  expect(plan('lmtp://x.example')).toMatchObject({
    endpoint: { port: 24 },
    handshake: { lmtp: true },
  })
  expect(plan('unix:/run/lmtp', { protocol: 'lmtp' })).toMatchObject({ handshake: { lmtp: true } })
  expect(plan('unix:/run/smtp')).toMatchObject({ handshake: { lmtp: false, chunking: false } })
})

test('a login needs a user and a password or a token, of which no mechanism is for the other', () => {
  expect(plan('smtp://x.example').handshake.login).toBeUndefined()
  expect(plan('smtp://a:b@x.example').handshake.login).toMatchObject({
    user: 'a',
    uses: 'password',
  })
  expect(plan('smtp://a@x.example', { token: 't' }).handshake.login).toMatchObject({
    uses: 'token',
  })
  for (const options of [{ user: 'a' }, { token: 't' }, { user: 'a', password: 'b', token: 't' }]) {
    expect(() => plan('smtp://x.example', options)).toThrow(
      expect.objectContaining({ code: 'NET_BAD_OPTION' }),
    )
  }
})
