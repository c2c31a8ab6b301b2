// OpenSSH's client against the server that @net/ssh brings for tests: it must be good enough for a client that is not ours.
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { startEchoServer } from '@net/socket/testing'
import { createSshKey, startSshServer, type SshServer } from '@net/ssh/testing'
import { expect, test } from 'vitest'
import { requireDaemon } from './daemon.ts'

const run = promisify(execFile)

test('ssh runs commands and goes through tunnels', async ({ skip }) => {
  const ssh = requireDaemon({ skip }, 'ssh')
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
  const login = { server, key: pair.privateKey }
  const { host } = server.address
  expect(await openSsh(ssh, login, [host, 'ls'])).toBe('a\nb\n')
  expect(await openSsh(ssh, login, [host, 'cat'], 'through')).toBe('through')
  expect(await openSsh(ssh, login, ['-W', 'inside:7', host], 'echo me')).toBe('echo me')
  await expect(openSsh(ssh, login, [host, 'false'])).rejects.toMatchObject({ code: 1 })
})

interface Login {
  readonly server: SshServer
  readonly key: string
}

async function openSsh(
  program: string,
  { server, key }: Login,
  args: readonly string[],
  input = '',
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'net-interop-'))
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
    const running = run(program, [...options, ...args])
    running.child.stdin?.end(input)
    return (await running).stdout
  } finally {
    await rm(folder, { recursive: true })
  }
}
