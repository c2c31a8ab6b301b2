/*
 * Round trips of a login with one command, ours beside OpenSSH's, to a real sshd through a relay that holds every chunk: the
 * time at a long round trip less that at none, in round trips. Prints nothing but a reason where there is no sshd.
 */

import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempDisposableSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'

import { connect, dangerouslyAcceptAnyHostKey, key } from '@net/ssh'
import { createSshKey } from '@net/ssh/testing'

import { median } from './pairs.ts'
import { startRelay } from './relay.ts'

const ROUND_TRIP = 150
const ROUNDS = 3
const SSHD = '/usr/sbin/sshd'

if (spawnSync(SSHD, ['-V']).error === undefined) await measure()
else console.log('\nssh: round trips: sshd is not installed')

async function measure(): Promise<void> {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'bench-'))
  const [identity, hostKey] = [createSshKey(), createSshKey()]
  const port = await freePort()
  const write = (name: string, content: string): string => {
    const path = join(folder.path, name)
    writeFileSync(path, content, { mode: 0o600 })
    return path
  }
  const lines = [
    `ListenAddress 127.0.0.1:${port}`,
    `HostKey ${write('host_key', hostKey.privateKey)}`,
    `AuthorizedKeysFile ${write('authorized', `${identity.publicKey}\n`)}`,
    'StrictModes no',
    'UsePAM no',
    'PidFile none',
  ]
  const sshd = spawn(SSHD, ['-D', '-e', '-f', write('config', `${lines.join('\n')}\n`)])
  await once(sshd.stderr, 'data')
  const user = userInfo().username
  const ours = async (at: number): Promise<void> => {
    const login = { user, auth: key(identity.privateKey), hostKeys: dangerouslyAcceptAnyHostKey() }
    const host = await connect(`ssh://127.0.0.1:${at}`, login)
    await host.exec('true')
    void host.close()
  }
  const file = write('identity', identity.privateKey)
  const options = ['-F', 'none', '-i', file, '-o', 'IdentitiesOnly=yes', '-o', 'LogLevel=ERROR']
  const trust = ['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null']
  const theirs = async (at: number): Promise<void> => {
    const whom = ['-p', String(at), '-l', user, '127.0.0.1', 'true']
    await once(spawn('ssh', [...options, ...trust, ...whom], { stdio: 'ignore' }), 'exit')
  }
  console.log('\nssh: round trips of a connection, a login by key and one command')
  for (const [name, run] of [
    ['@net/ssh', ours],
    ['OpenSSH', theirs],
  ] as const) {
    console.log(`  ${name}`.padEnd(44), (await trips(run, port)).toFixed(1))
  }
  sshd.kill()
}

async function trips(run: (port: number) => Promise<void>, port: number): Promise<number> {
  const at = async (roundTrip: number): Promise<number> => {
    const times: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      await using relay = await startRelay('127.0.0.1', port, roundTrip)
      const began = performance.now()
      await run(relay.port)
      times.push(performance.now() - began)
    }
    return median(times)
  }
  const none = await at(0)
  return ((await at(ROUND_TRIP)) - none) / ROUND_TRIP
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
