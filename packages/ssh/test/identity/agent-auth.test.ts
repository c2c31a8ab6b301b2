import { createHash, sign } from 'node:crypto'

import { expect, test, vi } from 'vitest'

import { agent } from '@net/ssh'
import { createSshKey, startSshServer } from '@net/ssh/testing'

import { defaultAgent } from '../../src/identity/agent-auth.ts'
import { privateKeyOf } from '../../src/identity/key-material.ts'
import { publicLine } from '../../src/identity/public-key.ts'
import { signData } from '../../src/identity/signatures.ts'
import { fields, FieldReader, uint32 } from '../../src/identity/wire.ts'
import { failureOf, logInTo } from '../embedded.ts'
import { honest, startFakeAgent, type FakeKey } from './fake-agent.ts'
import { certificateOf, everyKey } from './key-samples.ts'

const samples = everyKey().map((node) => privateKeyOf(node))
const [rsa, , , , ed25519] = samples
if (rsa === undefined || ed25519 === undefined) throw new Error('no key')
const strangers = Array.from({ length: 7 }, (_, at) => stranger(at))

function stranger(number: number): FakeKey {
  return { blob: createSshKey().blob, comment: `stranger ${number}`, sign: () => undefined }
}

function held({ blob, type, key }: (typeof samples)[number]): FakeKey {
  return { blob, comment: type, sign: honest(key, type) }
}

const open = (key: (typeof samples)[number]): string => publicLine({ ...key, comment: '' })

test('[SSH-18] keys of every type in an agent log in; the server is asked first which would do', async () => {
  await using held5 = await startFakeAgent(samples.map(held))
  for (const key of samples) {
    await using server = await startSshServer({ users: { ada: { keys: [open(key)] } } })
    await using host = await logInTo(server, { auth: agent({ socket: held5.socket }) })
    expect(host.info.user).toBe('ada')
    expect(held5.asked.filter((what) => what.startsWith('sign')).at(-1)).toBe(`sign ${key.type}`)
  }
  // One signature for each login: none is asked for in vain.
  expect(held5.asked).toHaveLength(2 * samples.length)
})

test('[SSH-18] a public key chooses one of many keys, and the others are not offered', async () => {
  await using crowded = await startFakeAgent([...strangers, held(ed25519)])
  const users = { ada: { keys: [open(ed25519)] } }
  await using server = await startSshServer({ users, maxTries: 3 })
  const { socket } = crowded
  expect(await failureOf(logInTo(server, { auth: agent({ socket }) }))).toMatchObject({
    code: 'NET_AUTH_TOO_MANY',
  })
  const keys = [open(ed25519)]
  await using host = await logInTo(server, { auth: agent({ socket, keys }) })
  expect(host.info.user).toBe('ada')
})

test('[SSH-18] keys of security devices and certificates in an agent log in', async () => {
  const reader = new FieldReader(ed25519.blob)
  reader.field()
  const type = 'sk-ssh-ed25519@openssh.com'
  const blob = fields(type, reader.field(), 'ssh:')
  const hash = (bytes: string | Uint8Array): Buffer => createHash('sha256').update(bytes).digest()
  const touched = (data: Uint8Array): Buffer => {
    const rest = Buffer.from([1, 0, 0, 0, 9])
    const told = Buffer.concat([hash('ssh:'), rest, hash(data)])
    return Buffer.concat([fields(type, sign(null, told, ed25519.key)), rest])
  }
  await using device = await startFakeAgent([{ blob, comment: 'device', sign: touched }])
  const keys = [publicLine({ type, blob, comment: '' })]
  await using server = await startSshServer({ users: { ada: { keys } } })
  await using host = await logInTo(server, { auth: agent({ socket: device.socket }) })
  expect(host.info.user).toBe('ada')

  const certificate = certificateOf(ed25519, rsa.blob)
  const certified = { blob: certificate, comment: 'certified', sign: honest(rsa.key, 'ssh-rsa') }
  await using other = await startFakeAgent([certified])
  await using trusting = await startSshServer({ users: { ada: { authorities: [open(ed25519)] } } })
  await using second = await logInTo(trusting, { auth: agent({ socket: other.socket }) })
  expect(second.info.user).toBe('ada')
})

test('an agent that signs RSA with SHA-1 is asked for each hash, nothing of it is sent, and the error says so', async () => {
  const flags: number[] = []
  const old = (data: Uint8Array, flag: number): Uint8Array => {
    flags.push(flag)
    return fields('ssh-rsa', sign('sha1', data, rsa.key))
  }
  await using ageing = await startFakeAgent([{ blob: rsa.blob, comment: 'old', sign: old }])
  await using server = await startSshServer({ users: { ada: { keys: [open(rsa)] } } })
  const error = await failureOf(
    logInTo(server, { auth: agent({ socket: ageing.socket }), password: undefined }),
  )
  expect(error).toMatchObject({ code: 'NET_AUTH_REJECTED' })
  expect(error.message).toContain('signed with ssh-rsa in place of rsa-sha2-')
  const half = (data: Uint8Array, flag: number): Uint8Array | undefined =>
    flag === 4 ? undefined : signData(rsa.key, 'rsa-sha2-256', data)
  await using halting = await startFakeAgent([{ blob: rsa.blob, comment: 'half', sign: half }])
  await using host = await logInTo(server, { auth: agent({ socket: halting.socket }) })
  expect(host.info.user).toBe('ada')
})

test('where no agent is known its socket is asked for, and one that is not there is an error that names it', async () => {
  vi.stubEnv('SSH_AUTH_SOCK', '')
  try {
    expect(defaultAgent()).toBe(
      process.platform === 'win32' ? String.raw`\\.\pipe\openssh-ssh-agent` : undefined,
    )
    if (process.platform !== 'win32') expect(() => agent()).toThrow('SSH_AUTH_SOCK is not set')
    vi.stubEnv('SSH_AUTH_SOCK', '/run/agent')
    expect(agent()).toEqual({ method: 'agent', socket: '/run/agent', keys: undefined })
  } finally {
    vi.unstubAllEnvs()
  }
  await using server = await startSshServer({ users: { ada: { keys: [] } } })
  expect(
    await failureOf(logInTo(server, { auth: agent({ socket: '/nowhere/agent' }) })),
  ).toMatchObject({
    code: 'NET_CREDENTIAL_INVALID',
    message: expect.stringContaining('/nowhere/agent'),
  })
})

test('keys of an agent that cannot be read are not offered, and the others log in', async () => {
  const odd = [Buffer.alloc(0), Buffer.from([0, 0, 0, 9, 115]), Buffer.alloc(4)].map((blob) => ({
    blob,
    comment: 'odd',
    sign: () => undefined,
  }))
  await using mixed = await startFakeAgent([...odd, held(ed25519)])
  await using server = await startSshServer({ users: { ada: { keys: [open(ed25519)] } } })
  await using host = await logInTo(server, { auth: agent({ socket: mixed.socket }) })
  expect(host.info.user).toBe('ada')
  expect(server.received.filter(({ text }) => text.startsWith('publickey'))).toHaveLength(2)
})

test('an agent that never answers is not waited for once the server has gone', async () => {
  for (const silentAt of ['list', 'sign']) {
    await using server = await startSshServer({ users: { ada: { keys: [open(ed25519)] } } })
    const { blob, comment } = held(ed25519)
    const sign = (): undefined => undefined
    let requests = 0
    await using silent = await startFakeAgent([{ blob, comment, sign }], (client) => {
      requests += 1
      if (silentAt === 'list' || requests > 1) void server.close()
      else client.write(fields(Buffer.concat([Buffer.of(12), uint32(1), fields(blob, comment)])))
    })
    const failed = await failureOf(logInTo(server, { auth: agent({ socket: silent.socket }) }))
    expect(failed).toMatchObject({
      code: expect.stringMatching(/^NET_CONN_(?:CLOSED|RESET)$/),
      retry: 'safe',
    })
  }
})
