import { expect, test, vi } from 'vitest'

import { connect } from '@net/ssh'
import { createSshKey, startSshServer } from '@net/ssh/testing'

import { configAuth } from '../../src/config/config-auth.ts'
import { hostConfig } from '../../src/config/host-config.ts'
import { privateKeyOf } from '../../src/identity/key-material.ts'
import { formatOpensshFile } from '../../src/identity/openssh-file.ts'
import { openPrivateKey } from '../../src/identity/private-key.ts'
import { publicLine } from '../../src/identity/public-key.ts'
import { failureOf } from '../embedded.ts'
import { honest, startFakeAgent } from '../identity/fake-agent.ts'
import { certificateOf, everyKey } from '../identity/key-samples.ts'
import { configFolder } from './config-folder.ts'

const pair = createSshKey()

test('[SSH-17] keys that are looked for and are not there, or cannot be used, are left out', async () => {
  using folder = configFolder()
  const key = await openPrivateKey(pair.privateKey)
  const locked = folder.write(
    'locked',
    await formatOpensshFile(key, { passphrase: 'x', rounds: 1 }),
  )
  const good = folder.write('good', createSshKey().privateKey)
  const broken = folder.write('broken', 'no key at all')
  const known = folder.write('known_hosts')
  const lines = ['/nowhere/id', broken, good, locked].map((file) => `IdentityFile ${file}`)
  await using server = await startSshServer({ users: { ada: { keys: [pair.publicKey] } } })
  folder.write('known_hosts', server.knownHostsLine.trim())
  const file = folder.write(
    'config',
    ...lines,
    'IdentityAgent none',
    'Host box',
    '  HostName 127.0.0.1',
    `  Port ${server.address.port}`,
    '  User ada',
    `  UserKnownHostsFile ${known}`,
  )
  const asked: string[] = []
  const passphrase = ({ endpoint = '' }: { endpoint?: string }): string => {
    asked.push(endpoint)
    return 'x'
  }
  await using host = await connect('box', { config: file, passphrase })
  expect([host.info.user, asked]).toEqual(['ada', [locked]])
  const error = await failureOf(connect('box', { config: file }))
  expect(error).toMatchObject({ code: 'NET_AUTH_REJECTED' })
  expect(error.message).toContain('no passphrase was given')
})

test('[SSH-17] the agent comes before the files, and has what IdentitiesOnly leaves', async () => {
  using folder = configFolder()
  const [first] = everyKey().map((node) => privateKeyOf(node))
  const own = await openPrivateKey(pair.privateKey)
  if (first === undefined) throw new Error('no key')
  const held = [first, own].map(({ blob, type, key }) => ({
    blob,
    comment: type,
    sign: honest(key, type),
  }))
  await using agent = await startFakeAgent(held)
  const open = folder.write('id.pub', pair.publicKey)
  await using server = await startSshServer({ users: { ada: { keys: [pair.publicKey] } } })
  for (const only of ['yes', 'no']) {
    const files = [
      folder.write(
        'config',
        `IdentityFile ${open}`,
        `IdentityAgent ${agent.socket}`,
        `IdentitiesOnly ${only}`,
      ),
    ]
    const auth = await configAuth(await hostConfig('box', { files }), undefined)
    expect(auth.map(({ method }) => method)).toEqual(
      only === 'yes' ? ['agent', 'publickey'] : ['agent', 'agent', 'publickey'],
    )
    const { logInTo } = await import('../embedded.ts')
    await using host = await logInTo(server, { auth })
    expect(host.info.user).toBe('ada')
  }
  // The key that is named is offered first, and no other.
  expect(server.received.filter(({ text }) => text === 'publickey ada')).toHaveLength(4)
  vi.stubEnv('SSH_AUTH_SOCK', '/nowhere/agent')
  try {
    const files = [folder.write('config', `IdentityFile ${folder.write('id', pair.privateKey)}`)]
    const auth = await configAuth(await hostConfig('box', { files }), undefined)
    const { logInTo } = await import('../embedded.ts')
    await using host = await logInTo(server, { auth })
    expect(host.info.user).toBe('ada')
  } finally {
    vi.unstubAllEnvs()
  }
})

test('a certificate beside a key is found, and one that is named', async () => {
  using folder = configFolder()
  const [authority] = everyKey().map((node) => privateKeyOf(node))
  if (authority === undefined) throw new Error('no key')
  const blob = certificateOf(authority, pair.blob)
  const certificate = publicLine({ type: 'ssh-ed25519-cert-v01@openssh.com', blob, comment: '' })
  const id = folder.write('id', pair.privateKey)
  const authorities = [publicLine(authority)]
  await using server = await startSshServer({ users: { ada: { authorities } } })
  const named = folder.write('named', certificate)
  const logIn = async (...lines: readonly string[]): Promise<string> => {
    const files = [folder.write('config', `IdentityFile ${id}`, 'IdentityAgent none', ...lines)]
    const auth = await configAuth(await hostConfig('box', { files }), undefined)
    const { logInTo } = await import('../embedded.ts')
    await using host = await logInTo(server, { auth, password: undefined })
    return host.info.user
  }
  expect(await logIn(`CertificateFile ${named}`)).toBe('ada')
  folder.write('id-cert.pub', certificate)
  expect(await logIn()).toBe('ada')
})
