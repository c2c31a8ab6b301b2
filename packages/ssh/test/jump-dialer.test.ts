import { expect, test } from 'vitest'

import { connect, key, pinned } from '@net/ssh'
import { createSshKey, startSshServer, type SshServer } from '@net/ssh/testing'

import { configFolder } from './config/config-folder.ts'
import { failureOf } from './embedded.ts'

const pair = createSshKey()
const pin = (server: SshServer) => ({ hostKeys: pinned(server.hostKey.fingerprint) })

test('[SSH-05] each hop is a host of its own, with a login of its own, and ends with the connection', async () => {
  await using first = await startSshServer({ users: { gate: { keys: [pair.publicKey] } } })
  await using second = await startSshServer({ users: { inner: { password: 'inside' } } })
  await using target = await startSshServer({ exec: { ls: 'a\n' } })
  const jump = [
    { url: first.url, user: 'gate', auth: key(pair.privateKey), ...pin(first) },
    { url: second.url, user: 'inner', password: 'inside', ...pin(second) },
  ]
  const login = { user: 'ada', password: 'lovelace', jump, ...pin(target) }
  {
    await using host = await connect(target.url, login)
    expect((await host.exec('ls')).stdout).toBe('a\n')
    expect(host.info.hops.map(({ kind }) => kind)).toEqual(['ssh', 'ssh'])
  }
  await Promise.all([first.idle(), second.idle(), target.idle()])
  // Nothing of the target reached a hop.
  for (const hop of [first, second]) {
    expect(hop.received.map(({ user }) => user)).not.toContain('ada')
  }
  const wrong = [
    { ...jump[0], url: first.url },
    { ...jump[1], url: second.url, password: 'wrong' },
  ]
  const error = await failureOf(connect(target.url, { ...login, jump: wrong }))
  expect(error).toMatchObject({ code: 'NET_AUTH_REJECTED' })
  expect(error.message).toContain('(hop 2 of 2)')
  await Promise.all([first.idle(), second.idle()])
})

test('[SSH-05] ProxyJump: hops have their own blocks, user and port in its text go before them', async () => {
  using folder = configFolder()
  await using gate = await startSshServer({ users: { gate: { keys: [pair.publicKey] } } })
  await using target = await startSshServer({
    users: { ada: { password: 'lovelace' } },
    exec: { ls: 'b\n' },
  })
  const known = folder.write(
    'known_hosts',
    gate.knownHostsLine.trim(),
    target.knownHostsLine.trim(),
  )
  const file = folder.write(
    'config',
    `UserKnownHostsFile ${known}`,
    'IdentityAgent none',
    'Host box',
    '  HostName 127.0.0.1',
    `  Port ${target.address.port}`,
    `  ProxyJump gate@gate:${gate.address.port}`,
    'Host gate',
    '  HostName 127.0.0.1',
    '  User nobody',
    '  Port 1',
    `  IdentityFile ${folder.write('id', pair.privateKey)}`,
  )
  await using host = await connect('ada@box', { config: file, password: 'lovelace' })
  expect((await host.exec('ls')).stdout).toBe('b\n')
  expect(gate.received.map(({ user }) => user)).not.toContain('ada')
})

test('a hop is not offered what is for the target', async () => {
  using folder = configFolder()
  await using gate = await startSshServer({
    users: { gate: { password: 'lovelace', keys: [pair.publicKey] } },
  })
  await using target = await startSshServer()
  const known = [gate, target].map((one) => one.knownHostsLine.trim())
  const config = folder.write(
    'config',
    `UserKnownHostsFile ${folder.write('known_hosts', ...known)}`,
    'IdentityAgent none',
    'IdentityFile none',
    'Host box',
    '  HostName 127.0.0.1',
    `  Port ${target.address.port}`,
    `  ProxyJump gate@127.0.0.1:${gate.address.port}`,
  )
  // Both would open the gate.
  const own = { password: 'lovelace', auth: key(pair.privateKey), ...pin(target) }
  for (const url of ['ada@box', 'ada:lovelace@box']) {
    const error = await failureOf(connect(url, { config, ...own }))
    expect(error).toMatchObject({ code: 'NET_AUTH_NO_METHOD' })
    expect(error.message).toContain('(hop 1 of 1)')
  }
  const jump = { url: gate.url, user: 'gate', ...pin(gate) }
  const login = { user: 'ada', ...own, jump }
  expect(await failureOf(connect(target.url, login))).toMatchObject({ code: 'NET_AUTH_NO_METHOD' })
  expect(new Set(gate.received.map(({ text }) => text))).toEqual(new Set(['none gate']))
})

test('hops that lead back to themselves are refused before anything is dialed', async () => {
  using folder = configFolder()
  const file = folder.write('config', 'Host *', '  ProxyJump gate')
  const error = await failureOf(connect('box', { config: file, user: 'ada' }))
  expect(error).toMatchObject({ code: 'NET_BAD_CONFIG' })
  expect(error.message).toContain('the hops lead back to themselves')
})

test('the name of a hop in an error has no password, however that is encoded', async () => {
  for (const jump of [
    'ssh://gate:s%61same@127.0.0.1:1',
    'gate:se%40same@127.0.0.1:1',
    'ssh://gate:se@same@127.0.0.1:1',
    { url: new URL('ssh://gate:s%61same@127.0.0.1:1') },
  ]) {
    const error = await failureOf(connect('ssh://ada:x@127.0.0.1:2', { jump }))
    expect(error.message).toContain('the way leads over gate@127.0.0.1:1 (hop 1 of 1)')
  }
})

test('[SSH-05] a hop is reached as ssh reaches it: the first one by its own road, the next ones through the one before', async () => {
  using folder = configFolder()
  const open = { users: { ada: { open: true } }, exec: { ls: 'c\n' } }
  await using gate = await startSshServer(open)
  await using inner = await startSshServer(open)
  await using target = await startSshServer(open)
  const pipe = `const s = require('node:net').connect(${gate.address.port}, '127.0.0.1'); process.stdin.pipe(s).pipe(process.stdout)`
  const file = folder.write(
    'config',
    'IdentityAgent none',
    'IdentityFile none',
    'User ada',
    'HostName 127.0.0.1',
    `UserKnownHostsFile ${folder.write('known_hosts', ...[gate, inner, target].map((one) => one.knownHostsLine.trim()))}`,
    'Host gate',
    // Nothing else leads there.
    `  HostKeyAlias [127.0.0.1]:${gate.address.port}`,
    '  Port 1',
    `  ProxyCommand ${JSON.stringify(process.execPath)} -e "${pipe}"`,
    'Host inner',
    `  Port ${inner.address.port}`,
    '  ProxyJump gate',
    'Host box',
    `  Port ${target.address.port}`,
    '  ProxyJump gate,inner',
    'Host short',
    `  Port ${target.address.port}`,
    '  ProxyJump inner',
  )
  for (const name of ['box', 'short']) {
    await using host = await connect(name, { config: file })
    expect((await host.exec('ls')).stdout).toBe('c\n')
    expect(host.info.hops.map(({ kind }) => kind)).toEqual(['command', 'ssh', 'ssh'])
  }
  const led = gate.received.filter(({ what }) => what === 'tunnel').map(({ text }) => text)
  expect(led).toEqual(Array(2).fill(`127.0.0.1:${inner.address.port}`))
})
