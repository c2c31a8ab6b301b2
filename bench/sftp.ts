/*
 * SFTP beside OpenSSH's own clients, rclone, ssh2, ssh2-sftp-client, asyncssh and paramiko, against OpenSSH's sshd, all with
 * aes128-gcm but paramiko, which has aes128-ctr: a large file both ways, small files, a large folder, and the same file over roads
 * with a delay. Each file is compared after each run. The time and the CPU time of programs contain their logins.
 */

import { execFileSync } from 'node:child_process'
import { createReadStream, createWriteStream, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'

import { fromFile, toFile } from '@net/core'
import * as ssh from '@net/ssh'
import ssh2 from 'ssh2'
import SftpClient from 'ssh2-sftp-client'

import { compare, type Contender } from './pairs.ts'
import { startRelay } from './relay.ts'
import { SftpPrograms } from './sftp-programs.ts'
import { startSftpPeer } from './sftp-server.ts'
import { pythonClient } from './ssh-programs.ts'

const CIPHER = 'aes128-gcm@openssh.com'
const MEBI = Number(process.argv[2] ?? 128)
const SMALL = 1000
const NAMES = 100_000

const peer = await startSftpPeer()
const { folder } = peer
const source = join(folder, 'source')
execFileSync('dd', ['if=/dev/urandom', `of=${source}`, 'bs=1M', `count=${MEBI}`], {
  stdio: 'ignore',
})

for (const delay of [0, 20, 100]) {
  await using relay = delay === 0 ? undefined : await startRelay('127.0.0.1', peer.port, delay)
  const port = relay?.port ?? peer.port
  const host = await ssh.connect(`ssh://127.0.0.1:${port}`, {
    user: peer.user,
    auth: ssh.key(peer.key),
    hostKeys: ssh.dangerouslyAcceptAnyHostKey(),
    algorithms: { ciphers: [CIPHER] },
  })
  const sftp = await host.sftp()
  const bare = await bareSftp(port)
  const programs = new SftpPrograms({ ...peer, port, cipher: CIPHER, size: MEBI })
  const wrapped = new SftpClient()
  await wrapped.connect(bareLogin(port))
  const login = { port, user: peer.user, identity: peer.keyFile }
  const pythons =
    delay > 0
      ? []
      : await Promise.all([
          pythonClient('asyncssh', login, CIPHER),
          pythonClient('paramiko', login),
        ])
  const python = (kind: 'get' | 'put'): readonly Contender[] =>
    pythons.flatMap((client) => {
      const to = join(folder, `${kind}-python`)
      const round = { kind, done: MEBI, paths: [source, to] } as const
      return client === undefined ? [] : [{ ...client.contender(round), check: () => same(to) }]
    })
  const road = delay === 0 ? 'without delay' : `${delay} ms away`
  await compare(
    `SFTP get, ${MEBI} MiB, ${road}`,
    'MiB/s',
    moved('@net/ssh', 'got', (to) => sftp.download(source, toFile(to))),
    [
      into('got-sftp', (to) => programs.sftp(`get ${source} ${to}`)),
      into('got-scp', (to) => programs.scp(programs.there(source), to)),
      into('got-rclone', (to) => programs.rclone(`:sftp:${source}`, to)),
      moved('ssh2 fastGet', 'got-ssh2', (to) =>
        called((done) => bare.sftp.fastGet(source, to, done)),
      ),
      moved('ssh2 stream', 'got-stream', (to) =>
        pipeline(bare.sftp.createReadStream(source), createWriteStream(to)),
      ),
      moved('ssh2-sftp-client', 'got-wrapped', (to) => wrapped.fastGet(source, to)),
      ...python('get'),
    ],
  )
  await compare(
    `SFTP put, ${MEBI} MiB, ${road}`,
    'MiB/s',
    moved('@net/ssh', 'put', (to) => sftp.upload(fromFile(source), to)),
    [
      into('put-sftp', (to) => programs.sftp(`put ${source} ${to}`)),
      into('put-scp', (to) => programs.scp(source, programs.there(to))),
      into('put-rclone', (to) => programs.rclone(source, `:sftp:${to}`)),
      moved('ssh2 fastPut', 'put-ssh2', (to) =>
        called((done) => bare.sftp.fastPut(source, to, done)),
      ),
      moved('ssh2 stream', 'put-stream', (to) =>
        pipeline(createReadStream(source), bare.sftp.createWriteStream(to)),
      ),
      moved('ssh2-sftp-client', 'put-wrapped', (to) => wrapped.fastPut(source, to)),
      ...python('put'),
    ],
  )
  if (delay === 0) {
    await smallFiles(sftp, programs)
    await manyNames(sftp, programs)
  }
  await host.close()
  bare.end()
  await wrapped.end()
  for (const client of pythons) client?.[Symbol.dispose]()
}
console.log(
  `\n  peak memory of this process: ${Math.round(process.resourceUsage().maxRSS / 1000)} MB`,
)
peer.close()

async function smallFiles(sftp: ssh.SftpClient, programs: SftpPrograms): Promise<void> {
  const small = join(folder, 'small')
  mkdirSync(small)
  const names = Array.from({ length: SMALL }, (_, at) => `f${at}`)
  for (const name of names) writeFileSync(join(small, name), Buffer.alloc(2000, name))
  let run = 0
  const fresh = (): string => {
    const to = join(folder, `small-${(run += 1)}`)
    mkdirSync(to)
    return to
  }
  const each = (move: (from: string, to: string) => Promise<unknown>): Contender => ({
    name: '@net/ssh',
    async run() {
      const to = fresh()
      const waiting = [...names]
      const work = async (): Promise<void> => {
        for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
          await move(join(small, name), join(to, name))
        }
      }
      await Promise.all(Array.from({ length: 32 }, work))
      return SMALL
    },
  })
  const put = each((from, to) => sftp.upload(fromFile(from), to))
  await compare('SFTP put, 1,000 files of 2 kB', 'files/s', put, [
    programs.sftp(() => `put -r ${small}/* ${fresh()}/`, SMALL),
  ])
  const get = each((from, to) => sftp.download(from, toFile(to)))
  await compare('SFTP get, 1,000 files of 2 kB', 'files/s', get, [
    programs.sftp(() => `get -r ${small}/* ${fresh()}/`, SMALL),
  ])
}

async function manyNames(sftp: ssh.SftpClient, programs: SftpPrograms): Promise<void> {
  const many = join(folder, 'many')
  mkdirSync(many)
  for (let at = 0; at < NAMES; at++) writeFileSync(join(many, `name-${at}`), '')
  const ours: Contender = {
    name: '@net/ssh',
    async run() {
      let seen = 0
      for await (const { type } of sftp.list(many)) if (type === 'file') seen += 1
      if (seen !== NAMES) throw new Error(`${seen} names`)
      return seen
    },
  }
  await compare('SFTP list, 100,000 names', 'names/s', ours, [
    programs.sftp(`ls -1f ${many}`, NAMES),
  ])
  rmSync(many, { recursive: true })
}

function moved(name: string, to: string, move: (to: string) => Promise<unknown>): Contender {
  const path = join(folder, to)
  return {
    name,
    async run() {
      await move(path)
      return MEBI
    },
    check: () => same(path),
  }
}

function into(to: string, contenderOf: (path: string) => Contender): Contender {
  const path = join(folder, to)
  return { ...contenderOf(path), check: () => same(path) }
}

function same(path: string): void {
  execFileSync('cmp', [source, path])
  rmSync(path)
}

/** The part of ssh2's SFTP that is measured. */
interface BareSftp {
  fastGet(from: string, to: string, done: (error?: Error | null) => void): void
  fastPut(from: string, to: string, done: (error?: Error | null) => void): void
  createReadStream(path: string): NodeJS.ReadableStream
  createWriteStream(path: string): NodeJS.WritableStream
}

async function bareSftp(
  port: number,
): Promise<{ readonly sftp: BareSftp; readonly end: () => void }> {
  const client = new ssh2.Client()
  await new Promise<void>((resolve, reject) => {
    client.on('ready', resolve).on('error', reject)
    client.connect(bareLogin(port))
  })
  const sftp = await new Promise<BareSftp>((resolve, reject) => {
    client.sftp((error: Error | undefined, made: BareSftp) =>
      error ? reject(error) : resolve(made),
    )
  })
  return { sftp, end: () => client.end() }
}

function bareLogin(port: number): ssh2.ConnectConfig {
  const { user: username, key: privateKey } = peer
  return { host: '127.0.0.1', port, username, privateKey, algorithms: { cipher: [CIPHER] } }
}

function called(run: (done: (error?: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    run((error) => (error ? reject(error) : resolve()))
  })
}
