// OpenSSH's client against the server that @net/ssh brings for tests: it must be good enough for a client that is not ours.
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { startHttpServer } from '@net/http/testing'
import { startEchoServer } from '@net/socket/testing'
import { createSshKey, startSshServer, type ExecTable, type SshServer } from '@net/ssh/testing'
import { expect, test } from 'vitest'
import { freePort, startChild } from './child.ts'
import { requireDaemon } from './daemon.ts'
import { openSshOptions } from './openssh.ts'
import { runProgram, type Ended } from './run-program.ts'
import { testFolder } from './test-folder.ts'

const pair = createSshKey()
const users = { ada: { keys: [pair.publicKey] } }

const exec: ExecTable = {
  ls: 'a\nb\n',
  cat: async (_, { stdin, stdout }) => {
    for await (const chunk of stdin) await stdout.write(chunk)
  },
  both: { stdout: 'out', stderr: 'err' },
  false: { exit: 1 },
  killed: { exit: { signal: 'KILL' } },
}

test('ssh runs commands', async ({ skip }) => {
  const ssh = requireDaemon({ skip }, 'ssh')
  await using server = await startSshServer({ users, exec })
  expect(await run(ssh, server, 'ls')).toEqual({ stdout: 'a\nb\n', stderr: '', status: 0 })
  expect(await run(ssh, server, 'both')).toEqual({ stdout: 'out', stderr: 'err', status: 0 })
  expect(await run(ssh, server, 'false')).toMatchObject({ status: 1 })
  // What ssh ends with if a signal ended the command.
  expect(await run(ssh, server, 'killed')).toMatchObject({ status: 255 })
  const megabytes = randomBytes(3_000_000).toString('base64')
  expect((await run(ssh, server, 'cat', megabytes)).stdout).toBe(megabytes)
})

test('ssh refuses a host key that is not the known one, and a server refuses a key', async ({
  skip,
}) => {
  const ssh = requireDaemon({ skip }, 'ssh')
  await using server = await startSshServer({ users, exec })
  const changed = createSshKey().publicKey
  const { host, port } = server.address
  const line = `[${host}]:${port} ${changed}\n`
  const refused = await runProgram(ssh, [...optionsFor(server, { line }), host, 'ls'])
  expect(refused.stderr).toContain('REMOTE HOST IDENTIFICATION HAS CHANGED')
  expect(server.received).toEqual([])
  const key = createSshKey().privateKey
  const rejected = await runProgram(ssh, [...optionsFor(server, { key }), host, 'ls'])
  expect(rejected.stderr).toContain('Permission denied (publickey)')
})

test('ssh -W goes through a tunnel', async ({ skip }) => {
  const ssh = requireDaemon({ skip }, 'ssh')
  await using echo = await startEchoServer()
  const routes = { 'inside:7': `127.0.0.1:${echo.address.port}` }
  await using server = await startSshServer({ users, routes })
  const args = [...optionsFor(server), '-W', 'inside:7', server.address.host]
  expect(await runProgram(ssh, args, 'echo me')).toMatchObject({ stdout: 'echo me', status: 0 })
})

test('ssh -L forwards a port, for several connections at once', async ({ skip }) => {
  const ssh = requireDaemon({ skip }, 'ssh')
  await using echo = await startEchoServer()
  await using web = await startHttpServer()
  const routes = {
    'inside:7': `127.0.0.1:${echo.address.port}`,
    'inside:80': new URL(web.url).host,
  }
  await using server = await startSshServer({ users, routes })
  const [echoPort, webPort] = [await freePort(), await freePort()]
  const forwards = ['-L', `127.0.0.1:${echoPort}:inside:7`, '-L', `127.0.0.1:${webPort}:inside:80`]
  const places = [echoPort, webPort].map((port) => ({ host: '127.0.0.1', port }))
  const args = [...optionsFor(server), '-N', ...forwards, server.address.host]
  await using _tunnel = await startChild(ssh, args, places)

  const contents = Array.from({ length: 5 }, () => randomBytes(1_000_000))
  const returned = await Promise.all(contents.map((content) => echoed(echoPort, content)))
  expect(returned.map((bytes, index) => contents[index]?.equals(bytes))).toEqual(
    contents.map(() => true),
  )
  const response = await fetch(`http://127.0.0.1:${webPort}/json`)
  expect(await response.json()).toMatchObject({ id: 1, title: 'Hello' })
})

function run(ssh: string, server: SshServer, command: string, input?: string): Promise<Ended> {
  return runProgram(ssh, [...optionsFor(server), server.address.host, command], input)
}

function optionsFor(
  server: SshServer,
  { line = server.knownHostsLine, key = pair.privateKey } = {},
): readonly string[] {
  const folder = testFolder()
  const knownHosts = join(folder, 'known_hosts')
  writeFileSync(knownHosts, line)
  return openSshOptions(folder, { port: server.address.port, user: 'ada', key, knownHosts })
}

async function echoed(port: number, content: Buffer): Promise<Buffer> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  socket.end(content)
  return buffer(socket)
}
