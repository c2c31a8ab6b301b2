/* A gigabyte over a local forward, ours beside that of `ssh -L`: who sends it and who reads it are processes of their own. */

import { fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

import type { SshClient } from '@net/ssh'

import { compare, type Contender } from './pairs.ts'
import type { SharedSsh } from './ssh-programs.ts'
import { freePort } from './ssh-sshd.ts'

const MEGA = 1_000_000
const ENDS = fileURLToPath(new URL('./ssh-forward-ends.ts', import.meta.url))

/** Prints how fast so many bytes come over either forward. */
export async function compareForwards(
  ours: SshClient,
  shared: SharedSsh,
  size: number,
): Promise<void> {
  const sender = fork(ENDS, ['send', String(size)])
  const [port] = (await once(sender, 'message')) as [number]
  await using tunnel = await ours.forwardLocal('127.0.0.1:0', `127.0.0.1:${port}`)
  const theirs = await freePort()
  await shared.forward(theirs, port)
  const through = (name: string, at: number): Contender => ({
    name,
    async run() {
      const reader = spawn(process.execPath, [ENDS, 'read', String(at), String(size)])
      const [code] = await once(reader, 'exit')
      if (code !== 0) throw new Error(`${name}: some is missing`)
      return size / MEGA
    },
  })
  await compare(
    'ssh, sshd: 1 GiB over a local forward (CPU of this process alone)',
    'MB/s',
    through('@net/ssh', tunnel.address.port),
    [through('ssh -L', theirs)],
  )
  sender.kill()
}
