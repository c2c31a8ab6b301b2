/*
 * Large files from disk to disk over FTP, in clear and over TLS: ours beside bare basic-ftp, against vsftpd or, where
 * there is none, the embedded server, each in another process. Ours also asks the server for the size and compares, and
 * gives a file its name only then. The contents are compared after each run.
 */

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import * as ftp from '@net/ftp'
import { Client } from 'basic-ftp'

import { compare, type Contender } from './pairs.ts'

const MEGA = 1_000_000

const child = fork(new URL('ftp-server.ts', import.meta.url))
const [server] = (await once(child, 'message')) as [Peer]
const { url, user, password, ca, size } = server
const { hostname, port } = new URL(url)
const folder = mkdtempSync(join(tmpdir(), 'net-bench-'))
const source = join(folder, 'source')
const copy = join(folder, 'copy')
const back = join(folder, 'back')
const reader = await ftp.connect(url, { user, password, security: 'off' })
await reader.download('big', ftp.toFile(source))
const bytes = readFileSync(source)

for (const secure of [false, true]) {
  const ours = await ftp.connect(url, {
    user,
    password,
    security: secure ? 'required' : 'off',
    tls: { ca },
  })
  const bare = new Client()
  const access = { host: hostname, port: Number(port), user, password }
  await bare.access({ ...access, secure, secureOptions: { ca } })
  const road = secure ? 'over TLS' : 'in clear'
  await compare(
    `FTP download, ${size / MEGA} MB ${road}`,
    'MB/s',
    downloads('net', () => ours.download('big', ftp.toFile(copy))),
    [downloads('basic-ftp', () => bare.downloadTo(copy, 'big'))],
  )
  await compare(
    `FTP upload, ${size / MEGA} MB ${road}`,
    'MB/s',
    uploads('net', () => ours.upload(ftp.fromFile(source), 'in/up')),
    [uploads('basic-ftp', () => bare.uploadFrom(source, 'in/up'))],
  )
  await ours.close()
  bare.close()
}
await reader.close()
child.disconnect()
rmSync(folder, { recursive: true })

interface Peer {
  readonly url: string
  readonly user: string
  readonly password: string
  readonly ca: string
  readonly size: number
}

function downloads(name: string, move: () => Promise<unknown>): Contender {
  return { name, run: () => moved(move), check: () => same(name, copy) }
}

function uploads(name: string, move: () => Promise<unknown>): Contender {
  return {
    name,
    run: () => moved(move),
    async check() {
      await reader.download('in/up', ftp.toFile(back))
      same(name, back)
      await reader.remove('in/up')
    },
  }
}

async function moved(move: () => Promise<unknown>): Promise<number> {
  await move()
  return size / MEGA
}

function same(name: string, path: string): void {
  if (!readFileSync(path).equals(bytes)) throw new Error(`${name}: the contents differ`)
  rmSync(path)
}
