/*
 * SFTP beside OpenSSH's own client and ssh2, against OpenSSH's sshd, all with aes128-gcm: a large file both ways, small files,
 * a large folder, and the same file over roads with a delay. Each file is compared after each run. The time and the CPU time of
 * `sftp` contain its login.
 */

import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { fromFile, toFile } from '@net/core'
import * as ssh from '@net/ssh'
import ssh2 from 'ssh2'

import { compare, type Contender } from './pairs.ts'
import { startRelay } from './relay.ts'
import { startSftpPeer } from './sftp-server.ts'

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
  const road = delay === 0 ? 'without delay' : `${delay} ms away`
  await compare(
    `SFTP get, ${MEBI} MiB, ${road}`,
    'MiB/s',
    moved('@net/ssh', 'got', (to) => sftp.download(source, toFile(to))),
    [
      program('sftp', 'got-sftp', port, (to) => `get ${source} ${to}`),
      moved('ssh2 fastGet', 'got-ssh2', (to) =>
        called((done) => bare.sftp.fastGet(source, to, done)),
      ),
    ],
  )
  await compare(
    `SFTP put, ${MEBI} MiB, ${road}`,
    'MiB/s',
    moved('@net/ssh', 'put', (to) => sftp.upload(fromFile(source), to)),
    [
      program('sftp', 'put-sftp', port, (to) => `put ${source} ${to}`),
      moved('ssh2 fastPut', 'put-ssh2', (to) =>
        called((done) => bare.sftp.fastPut(source, to, done)),
      ),
    ],
  )
  if (delay === 0) {
    await smallFiles(sftp, port)
    await manyNames(sftp, port)
  }
  await host.close()
  bare.end()
}
console.log(
  `\n  peak memory of this process: ${Math.round(process.resourceUsage().maxRSS / 1000)} MB`,
)
peer.close()

async function smallFiles(sftp: ssh.SftpClient, port: number): Promise<void> {
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
  const ours = async (): Promise<number> => {
    const to = fresh()
    const waiting = [...names]
    const work = async (): Promise<void> => {
      for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
        await sftp.upload(fromFile(join(small, name)), `${to}/${name}`)
      }
    }
    await Promise.all(Array.from({ length: 32 }, work))
    return SMALL
  }
  await compare('SFTP put, 1,000 files of 2 kB', 'files/s', { name: '@net/ssh', run: ours }, [
    scripted('sftp put -r', port, SMALL, () => `put -r ${small}/* ${fresh()}/`),
  ])
}

async function manyNames(sftp: ssh.SftpClient, port: number): Promise<void> {
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
    scripted('sftp ls -1f', port, NAMES, () => `ls -1f ${many}`),
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

function program(name: string, to: string, port: number, line: (to: string) => string): Contender {
  const path = join(folder, to)
  return { ...scripted(name, port, MEBI, () => line(path)), check: () => same(path) }
}

/** OpenSSH's client with a script of one line. */
function scripted(name: string, port: number, done: number, line: () => string): Contender {
  let cpu = 0
  return {
    name,
    async run() {
      const [script, times] = [join(folder, 'script'), join(folder, 'times')]
      writeFileSync(script, `${line()}\n`)
      const options = ['UserKnownHostsFile=/dev/null', 'StrictHostKeyChecking=no']
      const all = options.map((option) => `-o ${option}`).join(' ')
      const words = `sftp -q -b ${script} -c ${CIPHER} -i ${peer.keyFile} ${all} -P ${port} ${peer.user}@127.0.0.1`
      const timed = `TIMEFORMAT='%U %S'; { time ${words} > /dev/null 2> /dev/null; } 2> ${times}`
      execFileSync('bash', ['-c', timed])
      const spent = readFileSync(times, 'utf8').trim().split(' ').map(Number)
      cpu = spent.reduce((sum, each) => sum + each, 0) * 1_000_000
      return done
    },
    cpu: () => cpu,
  }
}

function same(path: string): void {
  execFileSync('cmp', [source, path])
  rmSync(path)
}

/** The part of ssh2's SFTP that is measured. */
interface BareSftp {
  fastGet(from: string, to: string, done: (error?: Error | null) => void): void
  fastPut(from: string, to: string, done: (error?: Error | null) => void): void
}

async function bareSftp(
  port: number,
): Promise<{ readonly sftp: BareSftp; readonly end: () => void }> {
  const client = new ssh2.Client()
  await new Promise<void>((resolve, reject) => {
    client.on('ready', resolve).on('error', reject)
    client.connect({
      host: '127.0.0.1',
      port,
      username: peer.user,
      privateKey: peer.key,
      algorithms: { cipher: [CIPHER] },
    })
  })
  const sftp = await new Promise<BareSftp>((resolve, reject) => {
    client.sftp((error: Error | undefined, made: BareSftp) =>
      error ? reject(error) : resolve(made),
    )
  })
  return { sftp, end: () => client.end() }
}

function called(run: (done: (error?: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    run((error) => (error ? reject(error) : resolve()))
  })
}
