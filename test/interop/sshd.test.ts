// Our SSH client against OpenSSH's sshd.
import { createHash, randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, type TestContext } from 'vitest'

import type { Credential } from '@net/core'
import * as http from '@net/http'
import { startHttpServer } from '@net/http/testing'
import * as ssh from '@net/ssh'
import { createSshKey } from '@net/ssh/testing'

import { freePort } from './child.ts'
import { findDaemon, requireDaemon } from './daemon.ts'
import { openSshOptions } from './openssh.ts'
import { runProgram } from './run-program.ts'
import { startSshd, type Sshd } from './sshd.ts'
import { testFolder } from './test-folder.ts'

let shared: Sshd | undefined

beforeAll(async () => {
  const program = findDaemon('sshd')
  if (program !== undefined) shared = await startSshd(program)
})

afterAll(async () => {
  await shared?.[Symbol.asyncDispose]()
})

test('scenario: ls over SSH, on a host whose key is new', async (context) => {
  const { url, user, key } = sshd(context)
  const folder = testFolder()
  writeFileSync(join(folder, 'report.csv'), 'a,b\n')
  const file = join(testFolder(), 'known_hosts')

  await using host = await ssh.connect(url, {
    user,
    auth: ssh.key(key.privateKey),
    hostKeys: ssh.acceptNew({ file }),
  })
  const { stdout, stderr, exitCode } = await host.exec(['ls', folder])

  expect({ stdout, stderr, exitCode }).toEqual({ stdout: 'report.csv\n', stderr: '', exitCode: 0 })
  expect(host.info).toMatchObject({
    serverSoftware: expect.stringMatching(/^OpenSSH_/u),
    algorithms: { kex: expect.stringMatching(/^curve25519-sha256/u) },
  })
})

test('[SSH-33] [SSH-34] both outputs, the exit status, and a status as an error', async (context) => {
  await using host = await logIn(sshd(context))
  const command = 'echo out; echo err >&2; exit 3'
  expect(await host.exec(command)).toEqual({
    stdout: 'out\n',
    stderr: 'err\n',
    exitCode: 3,
    exitSignal: undefined,
  })
  await expect(host.exec(command, { check: true })).rejects.toMatchObject({
    code: 'NET_EXIT_STATUS',
    exitCode: 3,
    message: expect.stringContaining('ended with status 3: err'),
  })
})

test('a command that a signal ends', async (context) => {
  await using host = await logIn(sshd(context))
  expect(await host.exec('kill -KILL $$')).toMatchObject({
    exitCode: undefined,
    exitSignal: 'KILL',
  })
})

test('words arrive unchanged, with every character', async (context) => {
  await using host = await logIn(sshd(context))
  const words = ['a b', "it's", '$HOME', '*', '', '"\\', ';exit 1', 'ä\n€', '-n']
  const { stdout } = await host.exec(['printf', '%s\\0', ...words])
  expect(stdout.split('\0').slice(0, -1)).toEqual(words)
})

test('variables that the server does not take, and a folder', async (context) => {
  await using host = await logIn(sshd(context))
  const cwd = testFolder()
  const env = { NET_TEST: "it's here" }
  expect((await host.exec('echo "$NET_TEST"; pwd', { env, cwd })).stdout).toBe(
    `it's here\n${cwd}\n`,
  )
})

test('nothing of a command runs where its folder is gone', async (context) => {
  await using host = await logIn(sshd(context))
  for (const command of [
    'true; echo ran',
    'false || echo ran',
    'true & echo ran',
    'true\necho ran',
  ]) {
    const { stdout, exitCode, stderr } = await host.exec(command, { cwd: '/nowhere/that/is' })
    expect({ stdout, failed: exitCode !== 0, says: stderr !== '' }).toEqual({
      stdout: '',
      failed: true,
      says: true,
    })
  }
})

test('two keys as two steps of a login, and a pin of either host key', async (context) => {
  const keygen = requireDaemon(context, 'ssh-keygen')
  const file = join(testFolder(), 'host_key')
  await runProgram(keygen, ['-q', '-t', 'ecdsa', '-N', '', '-f', file])
  const settings = [`HostKey ${file}`, 'AuthenticationMethods publickey,publickey']
  await using server = await startSshd(requireDaemon(context, 'sshd'), settings)
  const blob = Buffer.from(readFileSync(`${file}.pub`, 'utf8').split(' ')[1] ?? '', 'base64')
  const fingerprint = `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=$/u, '')}`
  for (const pin of [fingerprint, server.hostKey.fingerprint]) {
    // One key of the two is missing; the error says so only if the host key was right.
    await expect(logIn(server, { hostKeys: ssh.pinned(pin) })).rejects.toMatchObject({
      code: 'NET_AUTH_PARTIAL',
    })
  }
})

test('20 MB in and out, with a key exchange after every MB', async (context) => {
  await using server = await startSshd(requireDaemon(context, 'sshd'), ['RekeyLimit 1M'])
  await using host = await logIn(server)
  const bytes = randomBytes(20_000_000)
  const { stdout, exitCode } = await host.exec('cat', { input: bytes, output: 'bytes' })
  expect(exitCode).toBe(0)
  expect(hash(stdout)).toBe(hash(bytes))
})

test('100 commands, 10 at a time as the server allows', async (context) => {
  await using host = await logIn(sshd(context))
  const rows = await Promise.all(
    Array.from({ length: 10 }, async (_, row) => {
      const outputs: string[] = []
      for (let column = 0; column < 10; column++)
        outputs.push((await host.exec(`echo ${row * 10 + column}`)).stdout)
      return outputs
    }),
  )
  expect(rows.flat()).toEqual(Array.from({ length: 100 }, (_, index) => `${index}\n`))
})

test('commands beyond MaxSessions wait for their turn, and as long as they are told to', async (context) => {
  await using server = await startSshd(requireDaemon(context, 'sshd'), ['MaxSessions 2'])
  await using host = await logIn(server)
  const outputs = await Promise.all(
    Array.from({ length: 20 }, (_, index) => host.exec(`echo ${index}`)),
  )
  expect(outputs.map(({ stdout }) => stdout)).toEqual(
    Array.from({ length: 20 }, (_, index) => `${index}\n`),
  )
  await using first = await host.spawn('cat')
  await using second = await host.spawn('cat')
  const third = host.exec('echo third', { timeout: { pool: 100 } })
  await expect(third).rejects.toMatchObject({ code: 'NET_TIMEOUT_POOL', retry: 'safe' })
  for (const child of [first, second]) child.stdin.end()
  expect((await host.exec('echo fourth')).stdout).toBe('fourth\n')
})

test('an abort ends what the command reads, and the connection goes on', async (context) => {
  // sshd passes no signals on to commands of root, so what ends them is the end of their input.
  await using host = await logIn(sshd(context))
  const cwd = testFolder()
  const abort = new AbortController()
  const input = (): AsyncIterable<Uint8Array> => endless(() => abort.abort())
  const running = host.exec('cat; touch ended', { cwd, input, signal: abort.signal })
  await expect(running).rejects.toMatchObject({ code: 'NET_ABORTED' })
  await expect.poll(() => existsSync(join(cwd, 'ended')), PATIENCE).toBe(true)
  expect((await host.exec('echo still here')).stdout).toBe('still here\n')
})

test('a host key that is not known is refused, and with strict checking nothing is written', async (context) => {
  const server = sshd(context)
  const file = join(testFolder(), 'known_hosts')
  const hostKeys = ssh.knownHosts({ files: [file] })
  await expect(logIn(server, { hostKeys })).rejects.toMatchObject({
    code: 'NET_HOSTKEY_UNKNOWN',
    fingerprint: server.hostKey.fingerprint,
    message: expect.stringContaining('hostKeys: acceptNew()'),
  })
  expect(existsSync(file)).toBe(false)
})

test('what acceptNew writes is good enough for OpenSSH, which refuses the host without it', async (context) => {
  const server = sshd(context)
  const file = join(testFolder(), 'known_hosts')
  await (await logIn(server, { hostKeys: ssh.acceptNew({ file }) })).close()
  expect(await openSsh(context, server, { knownHosts: file })).toMatchObject({ stdout: 'hello\n' })
  const refused = await openSsh(context, server, { knownHosts: '/dev/null' })
  expect(refused.stderr).toContain('Host key verification failed')
  // The second time it is known, and nothing more is written.
  const written = readFileSync(file, 'utf8')
  await (await logIn(server, { hostKeys: ssh.acceptNew({ file }) })).close()
  expect(readFileSync(file, 'utf8')).toBe(written)
})

test.for(['yes', 'no'])(
  'what OpenSSH writes with HashKnownHosts=%s is read',
  async (hash, context) => {
    const server = sshd(context)
    const file = join(testFolder(), 'known_hosts')
    await openSsh(context, server, { knownHosts: file, strict: 'accept-new', hash })
    expect(readFileSync(file, 'utf8').startsWith('|1|')).toBe(hash === 'yes')
    await using host = await logIn(server, { hostKeys: ssh.knownHosts({ files: [file] }) })
    expect((await host.exec('echo hello')).stdout).toBe('hello\n')
  },
)

test.for(['rsa', 'ecdsa'])(
  'a host of whose keys only the one of type %s is known',
  async (type, context) => {
    const keygen = requireDaemon(context, 'ssh-keygen')
    const file = join(testFolder(), 'host_key')
    await runProgram(keygen, ['-q', '-t', type, '-N', '', '-f', file])
    await using server = await startSshd(requireDaemon(context, 'sshd'), [`HostKey ${file}`])
    const known = join(testFolder(), 'known_hosts')
    writeFileSync(known, `[127.0.0.1]:${server.port} ${readFileSync(`${file}.pub`, 'utf8')}`)
    await using host = await logIn(server, { hostKeys: ssh.knownHosts({ files: [known] }) })
    expect(host.info.hostKey.type).toContain(type)
    expect((await host.exec('echo hello')).stdout).toBe('hello\n')
  },
)

test('a host key that has changed is refused, with the line that names the old one', async (context) => {
  const server = sshd(context)
  const file = join(testFolder(), 'known_hosts')
  const old = createSshKey()
  const name = `[127.0.0.1]:${server.port}`
  writeFileSync(file, `# ours\n${name} ${old.publicKey}\n`)
  const { fingerprint } = server.hostKey
  const message = `the host key of ${name} has changed: the server showed ssh-ed25519 ${fingerprint}, known is ssh-ed25519 ${old.fingerprint} (${file}, line 2)`
  for (const hostKeys of [ssh.knownHosts({ files: [file] }), ssh.acceptNew({ file })]) {
    await expect(logIn(server, { hostKeys })).rejects.toMatchObject({
      code: 'NET_HOSTKEY_CHANGED',
      fingerprint,
      known: [old.fingerprint],
      message: expect.stringContaining(message),
    })
  }
})

test('a key of the user that the server does not know is refused', async (context) => {
  const auth = ssh.key(createSshKey().privateKey)
  await expect(logIn(sshd(context), { auth })).rejects.toMatchObject({
    code: 'NET_AUTH_REJECTED',
    phase: 'auth',
    message: expect.stringContaining('tried: key (ssh-ed25519); it accepts publickey'),
  })
})

test('a wrong password is refused, also where it is asked for', async (context) => {
  const asked: (boolean | undefined)[] = []
  const passwords: readonly Credential[] = [
    'not the password',
    ({ rejected }) => {
      asked.push(rejected)
      return `not the password ${asked.length}`
    },
  ]
  for (const password of passwords) {
    await expect(logIn(sshd(context), { auth: [], password })).rejects.toMatchObject({
      code: 'NET_AUTH_REJECTED',
      message: expect.not.stringContaining('not the password'),
    })
  }
  expect(asked).toHaveLength(2)
})

test('a password is not sent if the server does not offer that method', async (context) => {
  await using server = await startSshd(requireDaemon(context, 'sshd'), [
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
  ])
  await expect(logIn(server, { auth: [], password: 'not the password' })).rejects.toMatchObject({
    code: 'NET_AUTH_NO_METHOD',
    message: expect.stringContaining('the server accepts publickey; given: password'),
  })
})

test('a connection that dies in the middle of a command is an error, never a result', async (context) => {
  const server = sshd(context)
  await using host = await logIn(server)
  const running = host.exec('cat', { input: () => endless(() => server.killConnections()) })
  await expect(running).rejects.toMatchObject({ name: 'ConnectionLostError', operation: 'exec' })
  expect(await host.closed).toMatchObject({ name: 'ConnectionLostError' })
  await using again = await logIn(server)
  expect((await again.exec('echo again')).stdout).toBe('again\n')
})

test('so is a server that dies, and what comes then is refused', async (context) => {
  await using server = await startSshd(requireDaemon(context, 'sshd'))
  await using host = await logIn(server)
  const running = host.exec('cat', { input: () => endless(() => server.kill()) })
  await expect(running).rejects.toMatchObject({ name: 'ConnectionLostError' })
  // Its connections may end before it does.
  await server[Symbol.asyncDispose]()
  await expect(logIn(server)).rejects.toMatchObject({ code: 'NET_CONNECT_REFUSED' })
})

test('HTTP through the tunnel', async (context) => {
  await using web = await startHttpServer()
  await using host = await logIn(sshd(context))
  await using api = http.createClient({ dialer: host.dialer })
  const response = await api.get(`${web.url}/json`)
  expect(await response.json()).toMatchObject({ id: 1, title: 'Hello' })
  const large = await api.get(`${web.url}/bytes/5000000`).bytes()
  expect(large.length).toBe(5_000_000)
})

test('a tunnel to a port without a listener', async (context) => {
  await using host = await logIn(sshd(context))
  await using api = http.createClient({ dialer: host.dialer })
  const nobody = `http://127.0.0.1:${await freePort()}/`
  await expect(api.get(nobody)).rejects.toMatchObject({ code: 'NET_CONNECT_REFUSED' })
  expect((await host.exec('echo still here')).stdout).toBe('still here\n')
})

test('a server that opens no tunnels', async (context) => {
  await using server = await startSshd(requireDaemon(context, 'sshd'), ['AllowTcpForwarding no'])
  await using web = await startHttpServer()
  await using host = await logIn(server)
  await using api = http.createClient({ dialer: host.dialer })
  await expect(api.get(web.url)).rejects.toMatchObject({ code: 'NET_PROXY_REFUSED' })
})

function sshd(context: Pick<TestContext, 'skip'>): Sshd {
  requireDaemon(context, 'sshd')
  if (shared === undefined) throw new Error('sshd did not start')
  return shared
}

function logIn(server: Sshd, options: ssh.SshConnectOptions = {}): Promise<ssh.SshClient> {
  const { url, user, key, hostKey } = server
  const hostKeys = ssh.pinned(hostKey.fingerprint)
  return ssh.connect(url, { user, auth: ssh.key(key.privateKey), hostKeys, ...options })
}

async function openSsh(
  context: Pick<TestContext, 'skip'>,
  { port, user, key }: Sshd,
  known: { readonly knownHosts: string; readonly strict?: 'accept-new'; readonly hash?: string },
): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const login = { port, user, key: key.privateKey, ...known }
  const hashing = ['-o', `HashKnownHosts=${known.hash ?? 'no'}`]
  const options = [...openSshOptions(testFolder(), login), ...hashing]
  return runProgram(requireDaemon(context, 'ssh'), [...options, '127.0.0.1', 'echo hello'])
}

/** Input that does not end; `begun` is called when the command has begun to read. */
async function* endless(begun: () => void): AsyncGenerator<Uint8Array, void> {
  yield Buffer.from('one\n')
  begun()
  await new Promise(() => {})
}

function hash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

const PATIENCE = { timeout: 30_000 }
