// SSH in a soak: a command's outputs and exit code are exact, and a tunnel gives back what went in.
import assert from 'node:assert/strict'

import { map } from '@net/async'
import type { CallOptions } from '@net/core'
import { connect } from '@net/socket'
import { startEchoServer } from '@net/socket/testing'
import * as ssh from '@net/ssh'
import { startSshServer, type ExecHandler } from '@net/ssh/testing'

import { Random } from './random.ts'
import type { Workload } from './workload.ts'

/** Commands and tunnels. */
export const shell: Workload = {
  name: 'ssh',
  workers: 5,
  async open() {
    const echo = await startEchoServer({ onError: () => {} })
    const server = await startSshServer({ exec: { print, cat } })
    const hostKeys = ssh.pinned(server.hostKey.fingerprint)
    return {
      get connections() {
        return server.connections + echo.connections.size
      },
      async work(worker) {
        const { random } = worker
        let host: ssh.SshClient | undefined
        await worker.attempt('ssh connect', async (call) => {
          const dialer = worker.road(true)
          const login = { user: 'ada', password: 'lovelace', hostKeys }
          host = await ssh.connect(server.url, { ...call, ...login, dialer })
        })
        if (host === undefined) return
        await using client = host
        const calls = Array.from({ length: 8 }, () => random.fork())
        const call = (lots: Random) =>
          worker.attempt('ssh exec', (options) =>
            lots.pick([printed, catted])(client, lots, options),
          )
        const tunnel = (lots: Random) =>
          worker.attempt('ssh tunnel', (options) => echoed(client, echo.url, lots, options))
        await map(calls, (lots) => (lots.chance(0.7) ? call(lots) : tunnel(lots)), {
          concurrency: 3,
        })
      },
      async [Symbol.asyncDispose]() {
        await Promise.all([server.close(), echo.close()])
      },
    }
  },
}

/** `print seed size code` prints so many bytes to both outputs. */
const print: ExecHandler = async (command, { stdout, stderr }) => {
  const [seed = 0, size = 0, code = 0] = command.split(' ').slice(1).map(Number)
  await stdout.write(new Random(seed).bytes(size))
  await stderr.write(new Random(seed + 1).bytes(size >> 2))
  return code
}

const cat: ExecHandler = async (_command, { stdin, stdout }) => {
  for await (const chunk of stdin) await stdout.write(chunk)
}

async function printed(client: ssh.SshClient, lots: Random, call: CallOptions): Promise<void> {
  const seed = lots.below(1_000_000)
  const size = lots.size(100_000)
  const code = lots.below(256)
  const command = ['print', seed, size, code].map(String)
  const { stdout, stderr, exitCode } = await client.exec(command, { ...call, output: 'bytes' })
  assert.equal(exitCode, code)
  assert.ok(Buffer.from(new Random(seed).bytes(size)).equals(stdout), 'the output is not exact')
  assert.ok(
    Buffer.from(new Random(seed + 1).bytes(size >> 2)).equals(stderr),
    'stderr is not exact',
  )
}

async function catted(client: ssh.SshClient, lots: Random, call: CallOptions): Promise<void> {
  const input = lots.bytes(lots.size(60_000))
  const { stdout, exitCode } = await client.exec('cat', { ...call, input, output: 'bytes' })
  assert.equal(exitCode, 0)
  assert.ok(Buffer.from(input).equals(stdout), `${input.length} bytes came back changed`)
}

async function echoed(
  client: ssh.SshClient,
  url: string,
  lots: Random,
  call: CallOptions,
): Promise<void> {
  await using connection = await connect(url, { ...call, dialer: client.dialer })
  const sent = lots.bytes(lots.size(60_000))
  const written = connection.write(sent, call)
  const received = await connection.readExactly(sent.length, call)
  await written
  assert.ok(Buffer.from(sent).equals(received), 'the tunnel changed what went through it')
}
