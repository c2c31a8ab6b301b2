import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { expect, test } from 'vitest'

import { startEchoServer } from '@net/socket/testing'
import { createSshKey, startSshServer, type SshServer } from '@net/ssh/testing'

import { failureOf, logInTo } from '../embedded.ts'

const run = promisify(execFile)
const hasSsh = existsSync('/usr/bin/ssh')

test('it says where it is, and closes what it has open', async () => {
  const server = await startSshServer()
  const { host, port } = server.address
  expect(server.url).toBe(`ssh://${host}:${port}`)
  expect(server.knownHostsLine).toBe(`[${host}]:${port} ${server.hostKey.publicKey}\n`)
  const client = await logInTo(server)
  expect(server.connections).toBe(1)
  await server.close()
  await server.idle()
  await client.closed
  await client.close()
})

test('a host key can be given, and what was received is told in order, without passwords', async () => {
  const hostKey = createSshKey()
  await using server = await startSshServer({ hostKey, exec: { ls: '' } })
  await using client = await logInTo(server, { env: 1 } as object)
  await client.exec('ls', { env: { A: '1' } })
  expect(client.info.hostKey.fingerprint).toBe(hostKey.fingerprint)
  expect(server.received).toEqual([
    { what: 'auth', text: 'password ada', user: 'ada' },
    { what: 'exec', text: 'ls', user: 'ada', env: { A: '1' } },
  ])
  expect(await server.waitFor(({ what }) => what === 'exec')).toMatchObject({ text: 'ls' })
})

test('a tunnel leads to loopback and to what has a route, and nowhere else', async () => {
  await using echo = await startEchoServer()
  await using server = await startSshServer({ routes: { 'a:1': `127.0.0.1:${echo.address.port}` } })
  await using client = await logInTo(server)
  const open = async (host: string, port: number): Promise<void> => {
    const transport = await client.dialer.dial({ scheme: 'tcp', host, port })
    await transport.close()
  }
  await open('a', 1)
  await open('127.0.0.1', echo.address.port)
  expect(await failureOf(open('a', 2))).toMatchObject({ name: 'ConnectError' })
  expect(await failureOf(open('example.com', 80))).toMatchObject({ name: 'ConnectError' })
})

async function withOpenSsh(
  server: SshServer,
  key: string,
  args: readonly string[],
  input = '',
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'net-ssh-'))
  const [identity, known] = [join(folder, 'id'), join(folder, 'known_hosts')]
  await writeFile(identity, key, { mode: 0o600 })
  await writeFile(known, server.knownHostsLine)
  const options = ['-F', 'none', '-p', String(server.address.port), '-i', identity, '-l', 'ada']
  for (const option of [
    `UserKnownHostsFile=${known}`,
    'StrictHostKeyChecking=yes',
    'IdentitiesOnly=yes',
    'BatchMode=yes',
  ]) {
    options.push('-o', option)
  }
  try {
    const running = run('/usr/bin/ssh', [...options, ...args])
    running.child.stdin?.end(input)
    return (await running).stdout
  } finally {
    await rm(folder, { recursive: true })
  }
}

test.skipIf(!hasSsh)(
  "OpenSSH's client runs commands on it and goes through its tunnels",
  async () => {
    const pair = createSshKey()
    await using echo = await startEchoServer()
    await using server = await startSshServer({
      users: { ada: { keys: [pair.publicKey] } },
      exec: {
        ls: 'a\nb\n',
        cat: async (_, { stdin, stdout }) => {
          for await (const chunk of stdin) await stdout.write(chunk)
        },
        false: { exit: 1 },
      },
      routes: { 'inside:7': `127.0.0.1:${echo.address.port}` },
    })
    const { host } = server.address
    expect(await withOpenSsh(server, pair.privateKey, [host, 'ls'])).toBe('a\nb\n')
    expect(await withOpenSsh(server, pair.privateKey, [host, 'cat'], 'through')).toBe('through')
    expect(await withOpenSsh(server, pair.privateKey, ['-W', 'inside:7', host], 'echo me')).toBe(
      'echo me',
    )
    expect(await failureOf(withOpenSsh(server, pair.privateKey, [host, 'false']))).toMatchObject({
      code: 1,
    })
  },
  20_000,
)
