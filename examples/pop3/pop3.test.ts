import { canary } from '@tools/canary'
import { checkProtocol, createCertificates } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { connect } from './client.ts'
import { startPop3Server } from './server.ts'

const LETTER = 'Subject: The engine\r\n\r\nIt weaves.\r\n..\r\n.\r\nend\r\n'
const authority = createCertificates()
const certificate = authority.issue()
const tls = { ca: authority.ca }

test('POP3 does what every protocol does', async () => {
  await checkProtocol({
    serve: ({ user, password }) =>
      startPop3Server({ users: { [user]: password }, mails: [LETTER, 'Subject: 2\r\n\r\n'] }),
    connect,
    ask: (client, options) => client.retrieve(1, options),
    async *iterate(client, options) {
      yield* await client.list(options)
    },
  })
}, 120_000)

test.each([
  ['in clear', {}, false],
  ['over STLS', { tls: certificate }, true],
  ['over TLS', { tls: certificate, implicit: true }, true],
])('mails are listed, retrieved and deleted %s', async (_, options, isEncrypted) => {
  const password = canary('password')
  await using server = await startPop3Server({
    ...options,
    users: { ada: password },
    mails: [LETTER, 'Subject: 2\r\n\r\n'],
  })
  const mailbox = await connect(server.url, { user: 'ada', password, tls })
  expect(await mailbox.list()).toEqual([
    { number: 1, size: LETTER.length },
    { number: 2, size: 14 },
  ])
  expect(Buffer.from(await mailbox.retrieve(1)).toString()).toBe(LETTER)
  await mailbox.delete(1)
  expect(server.mails).toHaveLength(2)
  await expect(mailbox.retrieve(1)).rejects.toMatchObject({ code: 'NET_REPLY_PERMANENT' })
  await mailbox.close()
  expect(server.mails).toEqual(['Subject: 2\r\n\r\n'])
  expect(server.received.includes('STLS')).toBe(isEncrypted && !('implicit' in options))
})

test('a wrong password is refused, and no password is sent in clear if TLS is required', async () => {
  await using server = await startPop3Server({ users: { ada: 'lovelace' } })
  const wrong = { user: 'ada', password: canary('password') }
  await expect(connect(server.url, wrong)).rejects.toMatchObject({
    code: 'NET_AUTH_REJECTED',
    phase: 'auth',
  })
  const seen = server.received.length
  await expect(connect(server.url, { ...wrong, security: 'required' })).rejects.toMatchObject({
    code: 'NET_TLS_UNAVAILABLE',
  })
  expect(server.received.slice(seen)).toEqual(['CAPA'])
})

test('what is not a message number is refused before a byte is sent', async () => {
  await using server = await startPop3Server({ users: { ada: 'lovelace' } })
  await using mailbox = await connect(server.url, { user: 'ada', password: 'lovelace' })
  const seen = server.received.length
  for (const number of [0, 1.5, Infinity]) {
    const wrong = { code: 'NET_BAD_OPTION', operation: 'retrieve' }
    await expect(mailbox.retrieve(number)).rejects.toMatchObject(wrong)
  }
  expect(server.received).toHaveLength(seen)
})

test('a server that fails in the middle: nonsense, and an end', async () => {
  await using server = await startPop3Server({ users: { ada: 'lovelace' }, mails: [LETTER] })
  for (const [what, code] of [
    ['garbage', 'NET_PROTO_MALFORMED'],
    ['drop', 'NET_CONN_CLOSED'],
  ] as const) {
    server.fail({ on: 'RETR', do: what })
    await using mailbox = await connect(server.url, { user: 'ada', password: 'lovelace' })
    await expect(mailbox.retrieve(1)).rejects.toMatchObject({ code })
    await expect(mailbox.list()).rejects.toMatchObject({ retry: 'safe' })
  }
})
