import { connect } from '@net/smtp'
import { startSmtpServer } from '@net/smtp/testing'
import { fromSocket, tcpDialer, toSocket, type Dialer } from '@net/socket'
import { createCertificates, faulty } from '@net/socket/testing'
import { describe, expect, test } from 'vitest'

import { introduction } from '../src/handshake.ts'
import { startPeer } from './scripted-peer.ts'

const certificates = createCertificates()
const tls = certificates.issue()
const trusted = { ca: certificates.ca }
const login = { user: 'ada', password: 'a-password-of-ours' }

test('[SMTP-03] after STARTTLS the capabilities are asked for again and the old ones forgotten', async () => {
  await using server = await startSmtpServer({ tls, users: { ada: login.password } })
  await using client = await connect(server.url, { tls: trusted })
  expect(client.encrypted).toBe(true)
  expect(client.capabilities.extensions.has('STARTTLS')).toBe(false)
  expect(client.capabilities.mechanisms).toEqual(['PLAIN', 'LOGIN'])
  expect(server.received).toEqual(['EHLO [127.0.0.1]', 'STARTTLS', 'EHLO [127.0.0.1]'])
})

test('STARTTLS is used on a transport that is encrypted already', async () => {
  await using server = await startSmtpServer({ tls, users: { ada: login.password } })
  const tcp = tcpDialer()
  const dialer: Dialer = {
    name: 'tunnel',
    async dial(endpoint, options) {
      const transport = await tcp.dial(endpoint, options)
      return fromSocket(toSocket(transport), { endpoint, encrypted: true })
    },
  }
  await using client = await connect(server.url, { dialer, tls: trusted, ...login })
  expect(client.encrypted).toBe(true)
  expect(server.received).toContain('STARTTLS')
})

test('a name of this machine that leads elsewhere needs TLS', async () => {
  await using server = await startSmtpServer()
  const tcp = tcpDialer()
  const elsewhere = { scheme: 'tcp', host: '192.0.2.1', port: 25 }
  const dialer: Dialer = {
    name: 'elsewhere',
    async dial(endpoint, options) {
      const transport = await tcp.dial(endpoint, options)
      return {
        info: { ...transport.info, remote: elsewhere },
        read: () => transport.read(),
        write: (chunks) => transport.write(chunks),
        end: () => transport.end(),
        close: () => transport.close(),
        abort: (reason) => transport.abort(reason),
      }
    },
  }
  const connecting = connect(server.url, { dialer })
  await expect(connecting).rejects.toMatchObject({ code: 'NET_TLS_UNAVAILABLE' })
  await using client = await connect(server.url, { dialer, security: 'opportunistic' })
  expect(client.encrypted).toBe(false)
})

test('[SMTP-03] what was offered in clear alone is not there after TLS', async () => {
  await using peer = await startPeer(async ({ say, hear, connection }) => {
    await say('220 peer\r\n')
    await hear()
    await say('250-peer\r\n250-STARTTLS\r\n250-SIZE 1\r\n250 AUTH PLAIN\r\n')
    await hear()
    await say('220 go\r\n')
    await connection.startTls()
    await hear()
    await say('250 peer\r\n')
  }, tls)
  await using client = await connect(peer.url, { tls: trusted })
  expect([...client.capabilities.extensions]).toEqual([])
  await client.close({ grace: 0 })
  const late = connect(peer.url, { tls: trusted, ...login })
  await expect(late).rejects.toMatchObject({ code: 'NET_AUTH_NO_METHOD' })
  expect(peer.lines.join()).not.toContain('AUTH')
})

test('[SMTP-02] TLS from the first byte', async () => {
  await using server = await startSmtpServer({ tls, implicit: true })
  await using client = await connect(server.url, { tls: trusted })
  expect(client.encrypted).toBe(true)
  expect(server.received).toEqual(['EHLO [127.0.0.1]'])
})

test('[SMTP-05] an unknown authority is refused', async () => {
  await using server = await startSmtpServer({ tls })
  await expect(connect(server.url)).rejects.toMatchObject({
    code: 'NET_TLS_CERT_UNTRUSTED',
    phase: 'tls',
  })
  expect(server.received).toEqual(['EHLO [127.0.0.1]', 'STARTTLS'])
})

test('[SMTP-05] a certificate for another name is refused', async () => {
  const other = certificates.issue({ names: ['mail.example.com'] })
  await using server = await startSmtpServer({ tls: other })
  await expect(connect(server.url, { tls: trusted })).rejects.toMatchObject({
    code: 'NET_TLS_CERT_HOST',
  })
})

describe('[H-SMTP-01] STARTTLS that is missing', () => {
  test('ends the connection before a login and before a message', async () => {
    await using server = await startSmtpServer({ users: { ada: login.password } })
    await expect(connect(server.url, { ...login, security: 'required' })).rejects.toMatchObject({
      code: 'NET_TLS_UNAVAILABLE',
    })
    await expect(connect(server.url, { security: 'required' })).rejects.toMatchObject({
      code: 'NET_TLS_UNAVAILABLE',
    })
    expect(server.received.join()).not.toMatch(/AUTH|MAIL/)
  })

  test('opportunistic never releases a password where that is forbidden', async () => {
    await using server = await startSmtpServer({ users: { ada: login.password } })
    const options = {
      ...login,
      security: 'opportunistic',
      dangerouslyAllowPlaintextAuth: false,
    } as const
    await expect(connect(server.url, options)).rejects.toMatchObject({
      code: 'NET_TLS_UNAVAILABLE',
    })
    expect(server.received).toEqual(['EHLO [127.0.0.1]'])
  })

  test('on loopback its absence is tolerated', async () => {
    await using server = await startSmtpServer({ users: { ada: login.password } })
    await using client = await connect(server.url, login)
    expect(client.encrypted).toBe(false)
    expect(server.received).toContain('AUTH PLAIN [secret]')
  })
})

describe('[H-SMTP-02] STARTTLS that fails', () => {
  for (const reply of ['454 4.7.0 not now', '502 5.5.1 never', '250 sure']) {
    test(`answered with ${reply}`, async () => {
      await using server = await startSmtpServer({ tls, users: { ada: login.password } })
      server.fail({ on: 'STARTTLS', do: { reply } })
      await expect(connect(server.url, { tls: trusted, ...login })).rejects.toMatchObject({
        code: 'NET_TLS_UNAVAILABLE',
        phase: 'tls',
      })
      expect(server.received.join()).not.toMatch(/AUTH|MAIL/)
    })
  }

  test('by a server that leaves', async () => {
    await using server = await startSmtpServer({ tls })
    server.fail({ on: 'STARTTLS', do: 'drop' })
    await expect(connect(server.url, { tls: trusted })).rejects.toMatchObject({
      code: 'NET_CONN_CLOSED',
      phase: 'tls',
    })
    server.fail({ on: 'tls', do: 'drop' })
    await expect(connect(server.url, { tls: trusted })).rejects.toMatchObject({
      phase: 'tls',
      retry: 'safe',
    })
    server.fail({ on: 'tls', do: 'garbage' })
    await expect(connect(server.url, { tls: trusted })).rejects.toMatchObject({
      phase: 'tls',
      // Behind the reply, or in the middle of the handshake.
      code: expect.stringMatching(/^NET_(?:PROTO_\w+|TLS_NOT_TLS|TLS_HANDSHAKE)$/),
    })
  })
})

test('[SMTP-07] bytes behind the reply to STARTTLS are refused', async () => {
  for (const injected of ['250 AUTH PLAIN\r\n', '2', '250-peer\r\n250 SIZE 1\r\n']) {
    await using peer = await startPeer(async ({ say, hear }) => {
      await say('220 peer\r\n')
      await hear()
      await say('250-peer\r\n250 STARTTLS\r\n')
      await hear()
      await say(`220 go\r\n${injected}`)
    })
    await expect(connect(peer.url, { tls: trusted })).rejects.toMatchObject({
      code: 'NET_PROTO_UNEXPECTED',
      phase: 'tls',
    })
    expect(peer.lines).toHaveLength(2)
  }
})

test('a reply before its command is refused', async () => {
  await using peer = await startPeer(({ say }) => say('220 peer\r\n250 peer\r\n'))
  await expect(connect(peer.url)).rejects.toMatchObject({ code: 'NET_PROTO_UNEXPECTED' })
})

test('[H-SMTP-04] a wrong greeting', async () => {
  const greetings = [
    ['554 5.7.1 go away', 'NET_ACCESS_DENIED'],
    ['421 4.3.2 full', 'NET_CONN_SHUTDOWN'],
    ['250 hello', 'NET_PROTO_UNEXPECTED'],
    ['SSH-2.0-OpenSSH_9.9', 'NET_PROTO_MALFORMED'],
  ] as const
  for (const [reply, code] of greetings) {
    await using server = await startSmtpServer()
    server.fail({ on: 'greeting', do: { reply } })
    await expect(connect(server.url)).rejects.toMatchObject({ code, phase: 'greeting' })
  }
})

test('[H-SMTP-04] nonsense is refused before a line of it is whole', async () => {
  await using server = await startSmtpServer()
  const dialer = faulty(tcpDialer(), { do: 'garbage' })
  await expect(connect(server.url, { dialer })).rejects.toMatchObject({
    code: 'NET_PROTO_MALFORMED',
    phase: 'greeting',
  })
})

test('[SMTP-12] HELO where EHLO is not known', async () => {
  await using server = await startSmtpServer()
  server.fail({ on: 'EHLO', do: { reply: '502 5.5.1 what?' } })
  await using client = await connect(server.url)
  expect(client.capabilities.extensions.size).toBe(0)
  const result = await client.send({ from: 'ada@example.com', to: 'bob@example.com', text: 'x' })
  expect(result.delivery).toBe('accepted')
})

test('an EHLO that is refused for other reasons is an error', async () => {
  await using server = await startSmtpServer()
  server.fail({ on: 'EHLO', do: { reply: '550 5.7.1 not you' } })
  await expect(connect(server.url)).rejects.toMatchObject({
    code: 'NET_ACCESS_DENIED',
    phase: 'command',
    command: 'EHLO',
  })
})

test('[SMTP-08] introduces itself by address or by the name that is given', async () => {
  expect(introduction(undefined, { scheme: 'tcp', host: '::1', port: 1 })).toBe('[IPv6:::1]')
  expect(introduction(undefined, undefined)).toBe('localhost')
  expect(introduction('mail.example.com', undefined)).toBe('mail.example.com')
  await using server = await startSmtpServer()
  await using client = await connect(server.url, { name: 'here.example.com' })
  expect(client.encrypted).toBe(false)
  await using other = await connect(server.url, { localAddress: '127.0.0.2' })
  expect(other.encrypted).toBe(false)
  expect(server.received).toEqual(['EHLO here.example.com', 'EHLO [127.0.0.2]'])
  await expect(connect(server.url, { name: 'a b' })).rejects.toMatchObject({
    code: 'NET_BAD_OPTION',
  })
  await expect(connect(server.url, { name: 'a\r\nRSET' })).rejects.toMatchObject({
    code: 'NET_INJECTION',
  })
  expect(server.received).toHaveLength(2)
})
