import { inspect } from 'node:util'

import { expect, test } from 'vitest'

import type { CredentialRequest } from '@net/core'
import { connect, type FtpConnectOptions } from '@net/ftp'
import { startFtpServer, type FtpServer, type FtpServerOptions } from '@net/ftp/testing'
import { listen } from '@net/socket'
import { createCertificates } from '@net/socket/testing'

import { elsewhere, tunnelled } from './roads.ts'

const certificates = createCertificates()
const users = { joe: 'open sesame' }
const login = { user: 'joe', password: 'open sesame', tls: { ca: certificates.ca } }

const secured = (options: FtpServerOptions = {}): Promise<FtpServer> =>
  startFtpServer({
    users,
    tls: certificates.issue({ names: ['127.0.0.1', 'ftp.example.com'] }),
    ...options,
  })

const told = ({ received }: FtpServer): boolean =>
  received.some((line) => /^(USER|PASS)/.test(line))

/** The server as if it were another machine. */
const far = (server: FtpServer): [string, FtpConnectOptions] => [
  server.url.replace('127.0.0.1', 'ftp.example.com'),
  { ...login, dialer: elsewhere() },
]

test('[FTP-10] AUTH TLS comes before the user', async () => {
  await using server = await secured()
  await using client = await connect(...far(server))
  expect(client.info.tls?.servername).toBe('ftp.example.com')
  expect(server.received.slice(0, 5)).toEqual([
    'AUTH TLS',
    'PBSZ 0',
    'PROT P',
    'USER joe',
    'PASS open sesame',
  ])
})

test('a road that is encrypted by itself needs no protection of data connections', async () => {
  await using server = await startFtpServer({ users, files: { '/a': 'hello' } })
  const options = { ...login, dialer: tunnelled(), security: 'off' } as const
  await using client = await connect(server.url, options)
  expect(Buffer.from(await client.readFile('a')).toString()).toBe('hello')
  expect(server.received).not.toContain('PROT P')
})

test('[FTP-14] the certificate is verified', async () => {
  await using server = await secured({ tls: certificates.issue({ names: ['example.org'] }) })
  const [url, options] = far(server)
  await expect(connect(url, options)).rejects.toMatchObject({ code: 'NET_TLS_CERT_HOST' })
  await expect(connect(url, { ...options, tls: {} })).rejects.toMatchObject({
    code: 'NET_TLS_CERT_UNTRUSTED',
    phase: 'tls',
  })
  expect(told(server)).toBe(false)
})

test.each(['500 What?', '502 No', '530 Not here', '534 No', '431 Later'])(
  '[H-FTP-05] a server that answers AUTH TLS with %s hears no user and no password',
  async (reply) => {
    await using server = await secured()
    server.fail({ on: 'AUTH', do: { reply } })
    await expect(connect(...far(server))).rejects.toMatchObject({
      code: 'NET_TLS_UNAVAILABLE',
      reply: { status: Number(reply.slice(0, 3)) },
    })
    expect(told(server)).toBe(false)
  },
)

test.each(['drop', 'reset', 'half-close', 'garbage'] as const)(
  '[H-FTP-05] %s behind 234 is an error, and nothing was reported',
  async (what) => {
    await using server = await secured()
    server.fail({ on: 'TLS', do: what })
    const error = await connect(...far(server)).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ phase: 'tls' })
    expect((error as { code: string }).code).toMatch(/^NET_(CONN|TLS|PROTO)_/)
    expect(told(server)).toBe(false)
  },
)

test('[H-FTP-05] a reply in clear behind 234 is refused', async () => {
  await using server = await secured()
  server.fail({ on: 'AUTH', do: { reply: '234 Go on\r\n230 You are in already' } })
  await expect(connect(...far(server))).rejects.toMatchObject({
    code: 'NET_PROTO_UNEXPECTED',
    phase: 'tls',
  })
  expect(told(server)).toBe(false)
})

test('[H-FTP-06] a server that does not protect data is refused before the login', async () => {
  await using server = await secured()
  server.fail({ on: 'PROT', do: { reply: '536 Not supported' } })
  await expect(connect(...far(server))).rejects.toMatchObject({ code: 'NET_TLS_UNAVAILABLE' })
  expect(told(server)).toBe(false)
})

test.each(['off', 'opportunistic'] as const)(
  'with security %s a password does not leave the machine in clear',
  async (security) => {
    await using server = await startFtpServer({ users })
    const [url, options] = far(server)
    await expect(connect(url, { ...options, security })).rejects.toMatchObject({
      code: 'NET_TLS_UNAVAILABLE',
    })
    expect(told(server)).toBe(false)
    await using client = await connect(url, {
      ...options,
      security,
      dangerouslyAllowPlaintextAuth: true,
    })
    expect(client.info.encrypted).toBe(false)
  },
)

test('a callback is not called for a password that must not be sent', async () => {
  await using server = await startFtpServer({ users })
  const [url, options] = far(server)
  let asked = 0
  const password = (): string => {
    asked += 1
    return 'open sesame'
  }
  await expect(connect(url, { ...options, password, security: 'off' })).rejects.toMatchObject({
    code: 'NET_TLS_UNAVAILABLE',
  })
  expect(asked).toBe(0)
})

test('on this machine TLS is used where it is offered, and only its absence is tolerated', async () => {
  await using server = await secured()
  await using client = await connect(server.url, login)
  expect(client.info.encrypted).toBe(true)
  await expect(connect(server.url, { ...login, tls: {} })).rejects.toMatchObject({
    code: 'NET_TLS_CERT_UNTRUSTED',
  })
  await using bare = await startFtpServer({ users })
  await using open = await connect(bare.url, login)
  expect(open.info.encrypted).toBe(false)
})

test('dangerouslyAllowPlaintextAuth: false holds on this machine too', async () => {
  await using server = await startFtpServer({ users })
  const options = { ...login, dangerouslyAllowPlaintextAuth: false }
  await expect(connect(server.url, options)).rejects.toMatchObject({ code: 'NET_TLS_UNAVAILABLE' })
  expect(told(server)).toBe(false)
})

test('[FTP-02] without a user it is anonymous, TLS or not', async () => {
  await using server = await startFtpServer()
  await using client = await connect(server.url.replace('127.0.0.1', 'ftp.example.com'), {
    dialer: elsewhere(),
  })
  expect(client.info.encrypted).toBe(false)
  expect(server.received).toContain('PASS anonymous@')
})

test('a refused password is reported as such, and secrets are in no message', async () => {
  await using server = await startFtpServer({ users })
  server.fail({ on: 'PASS', do: { reply: '530 wrong horse is no password' } })
  const error: unknown = await connect(server.url, { ...login, password: 'wrong horse' }).catch(
    (thrown: unknown) => thrown,
  )
  expect(error).toMatchObject({
    code: 'NET_AUTH_REJECTED',
    phase: 'auth',
    retry: 'never',
    reply: { status: 530 },
  })
  expect(String(error)).not.toContain('wrong horse')
})

test('a callback is called once more after a refusal, and learns that', async () => {
  await using server = await startFtpServer({ users })
  const asked: CredentialRequest[] = []
  const password = (request: CredentialRequest): string => {
    asked.push(request)
    return request.rejected === true ? 'open sesame' : 'mistyped'
  }
  await using client = await connect(server.url, { ...login, password })
  expect(client.info.encrypted).toBe(false)
  expect(asked).toMatchObject([{ what: 'password', user: 'joe' }, { rejected: true }])
  await expect(
    connect(server.url, { ...login, password: () => 'never right' }),
  ).rejects.toMatchObject({
    code: 'NET_AUTH_REJECTED',
  })
})

test('a server that has no room for one more is not about the password', async () => {
  await using server = await startFtpServer({ users })
  let asked = 0
  const text = '530 Sorry, the maximum number of clients (1) for this user are already connected.'
  server.fail({ on: 'PASS', do: { reply: text } })
  const refused = connect(server.url, {
    user: 'joe',
    retry: false,
    password: () => {
      asked += 1
      return 'open sesame'
    },
  })
  await expect(refused).rejects.toMatchObject({
    code: 'NET_REPLY_TEMPORARY',
    retry: 'safe',
    reply: { text },
  })
  expect(asked).toBe(1)
})

test('a password with two lines is not sent', async () => {
  await using server = await startFtpServer({ users })
  const password = (): string => 'a\r\nDELE b'
  await expect(connect(server.url, { ...login, password })).rejects.toMatchObject({
    code: 'NET_INJECTION',
  })
  expect(server.received.some((line) => line.startsWith('PASS'))).toBe(false)
})

test('a server that asks for what was not given', async () => {
  await using server = await startFtpServer({ users })
  await expect(connect(server.url, { user: 'joe' })).rejects.toMatchObject({
    code: 'NET_AUTH_NO_METHOD',
  })
  server.fail({ on: 'PASS', do: { reply: '332 And the account?' } })
  await expect(connect(server.url, login)).rejects.toMatchObject({ code: 'NET_AUTH_NO_METHOD' })
  server.fail({ on: 'PASS', do: { reply: '332 And the account?' } })
  server.fail({ on: 'ACCT', do: { reply: '230 In' } })
  server.fail({ on: /^(FEAT|TYPE)/, times: 2, do: { reply: '200 Fine' } })
  await using client = await connect(server.url, { ...login, account: 'books' })
  expect(client.welcome).toBe('220 Ready.')
  expect(server.received).toContain('ACCT books')
})

test('the account shows as little as the password, also where the server repeats it', async () => {
  await using server = await startFtpServer({ users })
  server.fail({ on: 'PASS', do: { reply: '332 And the account?' } })
  server.fail({ on: 'ACCT', do: { reply: '530 No account books-2231' } })
  const error: unknown = await connect(server.url, { ...login, account: 'books-2231' }).catch(
    (thrown: unknown) => thrown,
  )
  expect(error).toMatchObject({ code: 'NET_AUTH_REJECTED' })
  expect(inspect(error, { depth: 9 })).toContain('530 No account [secret]')
  expect(inspect(error, { depth: 9 })).not.toContain('books-2231')
})

test('a user that needs no password is in', async () => {
  await using server = await startFtpServer({ users })
  server.fail({ on: 'USER', do: { reply: '230 In' } })
  server.fail({ on: 'TYPE', do: { reply: '200 Fine' } })
  server.fail({ on: 'FEAT', do: { reply: '211 None' } })
  await using client = await connect(server.url, login)
  expect(client.capabilities.size).toBe(0)
})

test.each([
  ['421 Too many users', 'NET_CONN_SHUTDOWN', 'safe'],
  ['500 OOPS: child died', 'NET_REPLY_PERMANENT', 'never'],
  ['HTTP/1.1 400 Bad Request', 'NET_PROTO_MALFORMED', 'never'],
])('a greeting of %s', async (greeting, code, retry) => {
  await using server = await startFtpServer({ greeting })
  await expect(connect(server.url)).rejects.toMatchObject({ code, retry, phase: 'greeting' })
})

test('a greeting that asks for patience is waited for', async () => {
  await using server = await startFtpServer({ greeting: '120 In a moment\r\n220 Ready' })
  await using client = await connect(server.url)
  expect(client.welcome).toBe('220 Ready')
})

test('[H-CORE-15] a server in clear where TLS was expected is reported as such', async () => {
  await using server = await startFtpServer({ users })
  const url = server.url.replace('ftp:', 'ftps:')
  await expect(connect(url, login)).rejects.toMatchObject({ code: 'NET_TLS_NOT_TLS', phase: 'tls' })
})

test('nobody is asked any longer once the server has gone', async () => {
  await using server = await startFtpServer({ users })
  const ask = (): Promise<string> => {
    void server.close()
    return new Promise(() => {})
  }
  await expect(connect(server.url, { user: 'joe', password: ask })).rejects.toMatchObject({
    code: expect.stringMatching(/^NET_CONN_(?:CLOSED|RESET)$/),
    retry: 'safe',
  })
})

test('[FTP-11] data go in clear where that is asked for, and the login stays protected', async () => {
  await using server = await secured({ files: { '/a': 'hello' } })
  await using client = await connect(server.url, { ...login, data: { protection: 'clear' } })
  expect(client.info.encrypted).toBe(true)
  expect(Buffer.from(await client.readFile('a')).toString()).toBe('hello')
  expect(server.received).toContain('PROT C')
  expect(server.resumed).toBe(0)
  await using strict = await secured({ requireTls: true })
  const refused = connect(strict.url, { ...login, data: { protection: 'clear' } })
  await expect(refused).rejects.toMatchObject({ reply: { status: 534 } })
})

test('[FTP-02] the name of a host and that of this program are told where they are given', async () => {
  await using server = await startFtpServer({ users })
  const names = { virtualHost: 'ftp.example.com', clientName: 'net 1.0' }
  await using client = await connect(server.url, { user: 'joe', password: 'open sesame', ...names })
  expect(client.welcome).toMatch(/^220/)
  const [, host, user] = server.received
  expect([host, user]).toEqual(['HOST ftp.example.com', 'USER joe'])
  expect(server.received).toContain('CLNT net 1.0')
  const injected = connect(server.url, { clientName: 'x\r\nDELE a' })
  await expect(injected).rejects.toMatchObject({ code: 'NET_INJECTION' })
})

test('a login takes one packet for all that needs no answer', async () => {
  await using server = await startFtpServer({ users, files: { '/in/a': '' } })
  await using client = await connect(`${server.url}/in`, { user: 'joe', password: 'open sesame' })
  expect(server.received.slice(1)).toEqual([
    'USER joe',
    'PASS open sesame',
    'FEAT',
    'TYPE I',
    'OPTS UTF8 ON',
    'CWD in',
  ])
  expect(await client.size('a')).toBe(0)
})

test('a server that reads one command of each packet is asked one by one, where the caller says so', async () => {
  const verbs: string[] = []
  await using server = await listen('tcp://127.0.0.1:0', async (connection) => {
    await connection.write('220 A device\r\n')
    for await (const packet of connection) {
      const [verb = ''] = Buffer.from(packet).toString().trimEnd().split(/\s/, 1)
      verbs.push(verb)
      await connection.write(`${{ USER: 331, PASS: 230, QUIT: 221 }[verb] ?? 250} ${verb}\r\n`)
    }
  })
  const url = server.url.replace('tcp:', 'ftp:')
  await using client = await connect(`${url}/in`, {
    user: 'joe',
    password: 'open sesame',
    security: 'off',
    pipelining: false,
  })
  expect(client.capabilities.size).toBe(0)
  expect(verbs).toEqual(['USER', 'PASS', 'FEAT', 'TYPE', 'OPTS', 'CWD'])
})
