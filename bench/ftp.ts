/*
 * Large files from disk to disk over FTP, in clear and over TLS: ours beside bare basic-ftp, against the embedded
 * server in another process. Ours also asks the server for the size and compares, and gives a file its name only then.
 */

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import * as ftp from '@net/ftp'
import { Client } from 'basic-ftp'

import { compare, type Contender } from './pairs.ts'

const MEGA = 1_000_000

const child = fork(new URL('ftp-server.ts', import.meta.url))
const [{ url, ca, size }] = (await once(child, 'message')) as [Peer]
const { hostname, port } = new URL(url)
const folder = mkdtempSync(join(tmpdir(), 'net-bench-'))
const source = join(folder, 'source')
const copy = join(folder, 'copy')
writeFileSync(source, Buffer.alloc(size, 7))

for (const secure of [false, true]) {
  const ours = await ftp.connect(url, {
    user: 'joe',
    password: 'benchmark',
    security: secure ? 'required' : 'off',
    tls: { ca },
  })
  const bare = new Client()
  const access = { host: hostname, port: Number(port), user: 'joe', password: 'benchmark' }
  await bare.access({ ...access, secure, secureOptions: { ca } })
  const road = secure ? 'over TLS' : 'in clear'
  await compare(
    `FTP download, ${size / MEGA} MB ${road}`,
    'MB/s',
    moves('net', () => ours.download('big', ftp.toFile(copy))),
    [moves('basic-ftp', () => bare.downloadTo(copy, 'big'))],
  )
  await compare(
    `FTP upload, ${size / MEGA} MB ${road}`,
    'MB/s',
    moves('net', () => ours.upload(ftp.fromFile(source), 'up')),
    [moves('basic-ftp', () => bare.uploadFrom(source, 'up'))],
  )
  await ours.close()
  bare.close()
}
child.disconnect()
rmSync(folder, { recursive: true })

interface Peer {
  readonly url: string
  readonly ca: string
  readonly size: number
}

function moves(name: string, move: () => Promise<unknown>): Contender {
  return {
    name,
    async run() {
      await move()
      return size / MEGA
    },
  }
}
