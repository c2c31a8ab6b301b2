import { generateKeyPairSync } from 'node:crypto'

import { expect, test } from 'vitest'

import { captureEvents, useFakeClock } from '@net/core/testing'
import { key } from '@net/ssh'
import { tcpDialer, type Dialer } from '@net/socket'
import { createSshKey, startSshServer, type SshServer } from '@net/ssh/testing'

import { logIn } from '../../src/login/login.ts'
import { failureOf, logInTo } from '../embedded.ts'
import { encryptedOpenssh } from '../identity/key-samples.ts'

const pair = createSshKey()
const other = createSshKey()
const twoSteps = ['password', 'publickey'] as const

test('[SSH-16] logs in with a key, and with the key that fits among several', async () => {
  await using server = await startSshServer({ users: { ada: { keys: [pair.publicKey] } } })
  const auth = [key(other.privateKey), key(pair.privateKey)]
  await using host = await logInTo(server, { auth })
  expect(host.info.user).toBe('ada')
  const methods = server.received.map(({ text }) => text)
  expect(new Set(methods)).toEqual(new Set(['none ada', 'publickey ada']))
  expect(logIn.length).toBe(3)
})

test('[SSH-16] a passphrase is asked for only if the key has one, and once more if it was wrong', async () => {
  const encrypted = encryptedKey('right')
  await using server = await startSshServer({ users: { ada: { keys: [encrypted.publicKey] } } })
  const asked: unknown[] = []
  const answers = ['wrong', 'right']
  const passphrase = ({ what, rejected }: { what: string; rejected?: true }): string => {
    asked.push([what, rejected])
    return answers.shift() ?? ''
  }
  await using host = await logInTo(server, { auth: key(encrypted.privateKey, { passphrase }) })
  expect(host.info.user).toBe('ada')
  expect(asked).toEqual([
    ['passphrase', undefined],
    ['passphrase', true],
  ])
  const never = (): never => {
    throw new Error('asked')
  }
  const auth = key(pair.privateKey, { passphrase: never })
  expect(await failureOf(logInTo(server, { auth }))).toMatchObject({ code: 'NET_AUTH_REJECTED' })
  expect(
    await failureOf(logInTo(server, { auth: key(encrypted.privateKey, { passphrase: 'wrong' }) })),
  ).toMatchObject({ code: 'NET_CREDENTIAL_INVALID' })
  expect(await failureOf(logInTo(server, { auth: key(encrypted.privateKey) }))).toMatchObject({
    code: 'NET_CREDENTIAL_INVALID',
    message: expect.stringContaining('no passphrase was given'),
  })
})

test('a key that was decrypted for one connection serves the next ones of the same key()', async () => {
  const encrypted = encryptedKey('right')
  await using server = await startSshServer({ users: { ada: { keys: [encrypted.publicKey] } } })
  let asked = 0
  const passphrase = (): string => {
    asked += 1
    return 'right'
  }
  const auth = key(encrypted.privateKey, { passphrase })
  for (let at = 0; at < 2; at++) {
    await using host = await logInTo(server, { auth })
    expect(host.info.user).toBe('ada')
  }
  expect(asked).toBe(1)
})

test('a key that takes long to decrypt holds to the limit of the call', async () => {
  // The public half of the sample: the passphrase is asked for only when the server takes it.
  const half = publicLine('ssh-ed25519', [Buffer.alloc(32)])
  await using server = await startSshServer({ users: { ada: { keys: [half] } } })
  const content = encryptedOpenssh('right')
  const controller = new AbortController()
  const passphrase = (): string => {
    controller.abort(new Error('enough'))
    return 'right'
  }
  const auth = key(content, { passphrase })
  expect(await failureOf(logInTo(server, { auth, signal: controller.signal }))).toMatchObject({
    code: 'NET_ABORTED',
  })
})

test('keys of RSA and of the curves log in, RSA with SHA-2', async () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const ec = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  const { n = '', e = '' } = rsa.publicKey.export({ format: 'jwk' })
  const { x = '', y = '' } = ec.publicKey.export({ format: 'jwk' })
  const rsaLine = publicLine('ssh-rsa', [
    Buffer.from(e, 'base64url'),
    positive(Buffer.from(n, 'base64url')),
  ])
  const point = Buffer.concat([
    Buffer.from([4]),
    Buffer.from(x, 'base64url'),
    Buffer.from(y, 'base64url'),
  ])
  const ecLine = publicLine('ecdsa-sha2-nistp256', [Buffer.from('nistp256'), point])
  await using server = await startSshServer({ users: { ada: { keys: [rsaLine, ecLine] } } })
  for (const { privateKey } of [rsa, ec]) {
    const auth = key(String(privateKey.export({ type: 'pkcs8', format: 'pem' })))
    await using host = await logInTo(server, { auth })
    expect(host.info.user).toBe('ada')
  }
})

test('[SSH-20] a wrong password is refused, and the error says what was tried and what is taken', async () => {
  await using server = await startSshServer()
  const error = await failureOf(logInTo(server, { password: 'babbage-1791' }))
  expect(error).toMatchObject({ code: 'NET_AUTH_REJECTED', phase: 'auth', retry: 'never' })
  expect(error.message).toContain('tried: password; it accepts password')
  expect(error.message).not.toContain('babbage-1791')
  await server.idle()
})

test('a password is asked for outside of every phase, and once more after it was refused', async () => {
  await using server = await startSshServer()
  using clock = useFakeClock()
  using events = captureEvents()
  const asked: unknown[] = []
  const password = async ({
    user,
    rejected,
  }: {
    user?: string
    rejected?: true
  }): Promise<string> => {
    asked.push([user, rejected])
    // A person takes their time, and no limit runs against them.
    await clock.advance(600_000)
    return rejected === true ? 'lovelace' : 'wrong'
  }
  await using host = await logInTo(server, { password })
  expect(asked).toEqual([
    ['ada', undefined],
    ['ada', true],
  ])
  const auth = events.of('phase').filter(({ phase }) => phase === 'auth')
  // One for the question what the server takes, and one for each password.
  expect(auth.map(({ state }) => state)).toEqual(
    Array.from({ length: 6 }, (_, at) => (at % 2 === 0 ? 'start' : 'end')),
  )
  await host.close()
})

test('what the callback throws passes as it is, and nothing stays open', async () => {
  await using server = await startSshServer()
  const own = new Error('not now')
  const password = (): never => {
    throw own
  }
  expect(await failureOf(logInTo(server, { password }))).toBe(own)
  await server.idle()
})

test('a server with another method in mind says so', async () => {
  await using server = await startSshServer({ users: { ada: { keys: [pair.publicKey] } } })
  const error = await failureOf(logInTo(server, { password: 'lovelace' }))
  expect(error).toMatchObject({ code: 'NET_AUTH_NO_METHOD' })
  expect(error.message).toContain('the server accepts publickey; given: password')
})

test('without credentials the server is asked what it takes', async () => {
  await using server = await startSshServer()
  const { url, hostKey } = server
  const { connect, pinned } = await import('@net/ssh')
  const failure = failureOf(connect(url, { user: 'ada', hostKeys: pinned(hostKey.fingerprint) }))
  const error = await failure
  expect(error).toMatchObject({ code: 'NET_AUTH_NO_METHOD' })
  expect(error.message).toContain('the server accepts password; no credentials were given')
})

test('a key and then a password, where the server wants both', async () => {
  const users = { ada: { keys: [pair.publicKey], password: 'lovelace', both: true } }
  await using server = await startSshServer({ users })
  await using host = await logInTo(server, { auth: key(pair.privateKey) })
  expect(host.info.user).toBe('ada')
  const { connect, pinned } = await import('@net/ssh')
  const half = connect(server.url, {
    user: 'ada',
    auth: key(pair.privateKey),
    hostKeys: pinned(server.hostKey.fingerprint),
  })
  expect(await failureOf(half)).toMatchObject({
    code: 'NET_AUTH_PARTIAL',
    message: expect.stringContaining('requires another: password'),
  })
})

test('[SSH-20] the steps of a login are those that the server names, in its order', async () => {
  const [first, second] = [pair, other]
  const keys = [first.publicKey, second.publicKey]
  for (const steps of [
    ['password', 'publickey'],
    ['publickey', 'password'],
    ['publickey', 'publickey'],
    ['publickey', 'password', 'publickey'],
  ] as const) {
    await using server = await startSshServer({
      users: { ada: { keys, password: 'lovelace', steps } },
    })
    const auth = [key(first.privateKey), key(second.privateKey)]
    await using host = await logInTo(server, { auth })
    expect(host.info.user).toBe('ada')
  }
})

test('a key is offered again only after another step was accepted, and never once it was accepted', async () => {
  await using server = await startSshServer({
    users: {
      ada: { keys: [pair.publicKey], password: 'lovelace', steps: ['publickey', 'publickey'] },
    },
  })
  const auth = [key(other.privateKey), key(pair.privateKey)]
  expect(await failureOf(logInTo(server, { auth }))).toMatchObject({
    code: 'NET_AUTH_PARTIAL',
    message: expect.stringContaining(
      'accepted one step of the login of "ada" and requires another',
    ),
  })
  const offered = server.received.filter(({ text }) => text.startsWith('publickey'))
  // The wrong key, the right one, and the wrong one once more.
  expect(offered).toHaveLength(3)
})

test('a password that is asked for is asked for again at the next step', async () => {
  await using server = await startSshServer({
    users: { ada: { password: 'lovelace', steps: ['password', 'password'] } },
  })
  let asked = 0
  const password = (): string => {
    asked += 1
    return 'lovelace'
  }
  await using host = await logInTo(server, { password })
  expect([host.info.user, asked]).toEqual(['ada', 2])
  expect(await failureOf(logInTo(server))).toMatchObject({ code: 'NET_AUTH_PARTIAL' })
})

test('a server that requires no login gets no credentials', async () => {
  await using server = await startSshServer({ users: { ada: { open: true } } })
  const never = (): never => {
    throw new Error('asked')
  }
  await using host = await logInTo(server, { auth: key(pair.privateKey), password: never })
  expect(host.info.user).toBe('ada')
  expect(server.received.map(({ text }) => text)).toEqual(['none ada'])
})

test('nothing is offered that the server does not take', async () => {
  await using server = await startSshServer({ users: { ada: { password: 'lovelace' } } })
  await using host = await logInTo(server, { auth: key(pair.privateKey) })
  expect(host.info.user).toBe('ada')
  expect(server.received.map(({ text }) => text)).toEqual(['none ada', 'password ada'])
})

test('a server that names no method is offered what there is', async () => {
  await using server = await startSshServer({ users: { ada: { keys: [], steps: [] } } })
  expect(await failureOf(logInTo(server))).toMatchObject({ code: 'NET_AUTH_REJECTED' })
  expect(server.received.map(({ text }) => text)).toEqual(['none ada', 'password ada'])
})

test('a server that has said what it takes is not asked again', async () => {
  await using server = await startSshServer({ users: { ada: {}, eve: { password: 'brown' } } })
  const texts = (): readonly string[] => server.received.map(({ text }) => text)
  const login = { user: 'eve', password: 'brown', auth: key(pair.privateKey) }
  for (let time = 0; time < 3; time++) await (await logInTo(server, login)).close()
  expect(texts()).toEqual(['none eve', 'password eve', 'password eve', 'password eve'])
  // A wrong password is told as before, without another question.
  expect(await failureOf(logInTo(server, { ...login, password: 'wrong' }))).toMatchObject({
    code: 'NET_AUTH_REJECTED',
    message: expect.stringContaining('tried: password; it accepts password'),
  })
  expect(texts()).toHaveLength(5)
  // What is known of one user is not known of another.
  await failureOf(logInTo(server))
  expect(texts()[5]).toBe('none ada')
})

test.for([
  ['other methods', { keys: [pair.publicKey] }, ['password', 'publickey'], 'none'],
  ['everybody', { open: true }, ['password', 'none'], 'none'],
  ['two steps', { password: 'lovelace', keys: [pair.publicKey], both: true }, twoSteps, 'password'],
] as const)('a server that takes %s now is noticed', async ([, later, offered, again]) => {
  await using server = await startSshServer({ users: { ada: { password: 'lovelace' } } })
  const { hostKey } = server
  await using changed = await startSshServer({ users: { ada: later }, hostKey })
  const login = { auth: key(pair.privateKey) }
  await (await logInTo(server, login)).close()
  const dialer = leadingTo(changed)
  for (let time = 0; time < 2; time++) await (await logInTo(server, { ...login, dialer })).close()
  const methods = changed.received.map(({ text }) => text.split(' ')[0])
  expect(methods.slice(0, offered.length + 1)).toEqual([...offered, again])
})

test('a credential that a server did not take before is offered where it takes it now', async () => {
  await using server = await startSshServer({ users: { ada: { keys: [pair.publicKey] } } })
  await using changed = await startSshServer({ hostKey: server.hostKey })
  await (await logInTo(server, { auth: key(pair.privateKey) })).close()
  expect(await failureOf(logInTo(server))).toMatchObject({
    code: 'NET_AUTH_NO_METHOD',
    message: expect.stringContaining('the server accepts publickey; given: password'),
  })
  await (await logInTo(server, { dialer: leadingTo(changed) })).close()
  expect(changed.received.map(({ text }) => text)).toEqual(['none ada', 'password ada'])
})

test('a key that cannot be read ends the login before it is tried', async () => {
  await using server = await startSshServer({ users: { ada: { keys: [] } } })
  const error = await failureOf(
    logInTo(server, {
      auth: key('-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----'),
    }),
  )
  expect(error).toMatchObject({ code: 'NET_CREDENTIAL_INVALID' })
  await server.idle()
  expect(server.received.map(({ text }) => text)).toEqual(['none ada'])
})

test('a user and a password that do not fit into a packet are refused', async () => {
  await using server = await startSshServer()
  const long = 'x'.repeat(8193)
  for (const [login, limit] of [
    [{ password: long }, 8192],
    [{ user: long }, 1024],
  ] as const) {
    expect(await failureOf(logInTo(server, login))).toMatchObject({
      code: 'NET_BAD_OPTION',
      limit,
    })
  }
  expect(server.received).toEqual([])
})

/** Whatever is dialed, this server answers. */
function leadingTo(server: SshServer): Dialer {
  const tcp = tcpDialer()
  return { name: 'leading', dial: (_, options) => tcp.dial(server.address, options) }
}

function encryptedKey(passphrase: string): { privateKey: string; publicKey: string } {
  const { privateKey } = generateKeyPairSync('ed25519')
  const { x = '' } = privateKey.export({ format: 'jwk' })
  return {
    privateKey: String(
      privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase }),
    ),
    publicKey: publicLine('ssh-ed25519', [Buffer.from(x, 'base64url')]),
  }
}

function publicLine(type: string, fields: readonly Uint8Array[]): string {
  const blob = Buffer.concat([Buffer.from(type), ...fields].map(field))
  return `${type} ${blob.toString('base64')}`
}

function field(value: Uint8Array): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(value.length)
  return Buffer.concat([length, value])
}

function positive(number: Buffer): Buffer {
  return (number[0] ?? 0) < 0x80 ? number : Buffer.concat([Buffer.from([0]), number])
}

test('nobody is asked any longer once the server has gone', async () => {
  const encrypted = encryptedKey('right')
  await using server = await startSshServer({ users: { ada: { keys: [encrypted.publicKey] } } })
  const ask = (): Promise<string> => {
    void server.close()
    return new Promise(() => {})
  }
  const auth = key(encrypted.privateKey, { passphrase: ask })
  expect(await failureOf(logInTo(server, { auth }))).toMatchObject({
    code: expect.stringMatching(/^NET_CONN_(?:CLOSED|RESET)$/),
    retry: 'safe',
  })
  await using another = await startSshServer()
  const password = (): Promise<string> => {
    void another.close()
    return new Promise(() => {})
  }
  expect(await failureOf(logInTo(another, { password }))).toMatchObject({
    code: expect.stringMatching(/^NET_CONN_(?:CLOSED|RESET)$/),
    retry: 'safe',
  })
})
