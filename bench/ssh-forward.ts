/* A gigabyte over a local forward, ours beside that of `ssh -L`: who sends it and who reads it are processes of their own. */

import { fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, connect as connectBare, type AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'

import type { SshClient } from '@net/ssh'

import { compare, type Contender } from './pairs.ts'
import type { SharedSsh } from './ssh-programs.ts'
import { freePort } from './ssh-sshd.ts'

const MEGA = 1_000_000

/** Prints how fast so many bytes come over either forward. */
export async function compareForwards(
  ours: SshClient,
  shared: SharedSsh,
  size: number,
): Promise<void> {
  const sender = fork(fileURLToPath(import.meta.url), ['send', String(size)])
  const [port] = (await once(sender, 'message')) as [number]
  await using tunnel = await ours.forwardLocal('127.0.0.1:0', `127.0.0.1:${port}`)
  const theirs = await freePort()
  await shared.forward(theirs, port)
  const through = (name: string, at: number): Contender => ({
    name,
    async run() {
      const reader = spawn(process.execPath, [
        fileURLToPath(import.meta.url),
        'read',
        `${at}`,
        `${size}`,
      ])
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

if (import.meta.main) {
  const [verb, first = '', second = ''] = process.argv.slice(2)
  if (verb === 'send') await send(Number(first))
  else await read(Number(first), Number(second))
}

async function send(size: number): Promise<void> {
  const piece = Buffer.alloc(256 * 1024)
  const server = createServer((socket) => {
    let left = size
    const more = (): void => {
      while (left > 0) {
        left -= piece.length
        if (!socket.write(piece)) return
      }
      socket.end()
    }
    socket.on('drain', more).on('error', () => {})
    more()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  process.send?.((server.address() as AddressInfo).port)
}

async function read(port: number, size: number): Promise<void> {
  let left = size
  const socket = connectBare(port, '127.0.0.1')
  socket.on('data', (chunk) => (left -= chunk.length))
  await once(socket, 'close')
  process.exit(left === 0 ? 0 : 1)
}
