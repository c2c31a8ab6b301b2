/*
 * Round trips of a login with one command, ours beside OpenSSH's, to a real sshd through a relay that holds every chunk: the
 * time at a long round trip less that at none, in round trips. Prints nothing but a reason where there is no sshd.
 */

import { spawn } from 'node:child_process'
import { once } from 'node:events'

import { connect, dangerouslyAcceptAnyHostKey, key } from '@net/ssh'

import { median } from './pairs.ts'
import { startRelay } from './relay.ts'
import { startBenchSshd, type BenchSshd } from './ssh-sshd.ts'

const ROUND_TRIP = 150
const ROUNDS = 3

using sshd = await startBenchSshd()
if (sshd === undefined) console.log('\nssh: round trips: sshd is not installed')
else await measure(sshd)

async function measure({ port, user, key: pair, identity }: BenchSshd): Promise<void> {
  const ours = async (at: number): Promise<void> => {
    const login = { user, auth: key(pair.privateKey), hostKeys: dangerouslyAcceptAnyHostKey() }
    const host = await connect(`ssh://127.0.0.1:${at}`, login)
    await host.exec('true')
    void host.close()
  }
  const options = ['-F', 'none', '-i', identity, '-o', 'IdentitiesOnly=yes', '-o', 'LogLevel=ERROR']
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
