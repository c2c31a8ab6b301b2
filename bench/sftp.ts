/*
 * SFTP beside OpenSSH's own clients, rclone, ssh2, ssh2-sftp-client, asyncssh and paramiko, against OpenSSH's sshd, all with
 * aes128-gcm but paramiko, which has aes128-ctr: a large file both ways, small files, a large folder, and the same file over roads
 * with a delay. Each file is compared after each run. The time and the CPU time of programs contain their logins.
 * `node bench/sftp.ts 512 get,put-20 sftp,fast` has files of 512 MiB, these parts and these peers; all of them by default. The
 * peak memory is that of our client alone where the peers are programs.
 */

import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { createReadStream, createWriteStream, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

import { fromFile, toFile } from '@net/core'
import * as ssh from '@net/ssh'
import ssh2 from 'ssh2'
import SftpClient from 'ssh2-sftp-client'

import { compare, type Contender } from './pairs.ts'
import { forkRelay } from './relay.ts'
import { SftpPrograms } from './sftp-programs.ts'
import { startSftpPeer } from './sftp-server.ts'
import { pythonClient } from './ssh-programs.ts'

const CIPHER = 'aes128-gcm@openssh.com'
const [size = '128', partWords, peerWords] = process.argv.slice(2)
const MEBI = Number(size)
const SMALL = 1000
const NAMES = 100_000

const peer = await startSftpPeer()
const { folder } = peer
const source = join(folder, 'source')
execFileSync('dd', ['if=/dev/urandom', `of=${source}`, 'bs=1M', `count=${MEBI}`], {
  stdio: 'ignore',
})

await part('get', () => moveLarge('get', 0))
await part('put', () => moveLarge('put', 0))
await part('small-put', () => near((sftp, programs) => smallFiles('put', sftp, programs)))
await part('small-get', () => near((sftp, programs) => smallFiles('get', sftp, programs)))
await part('list', () => near(manyNames))
for (const delay of [20, 100]) {
  await part(`get-${delay}`, () => moveLarge('get', delay))
  await part(`put-${delay}`, () => moveLarge('put', delay))
}
console.log(
  `\n  peak memory of this process: ${Math.round(process.resourceUsage().maxRSS / 1000)} MB`,
)
peer.close()

async function part(name: string, measured: () => Promise<void>): Promise<void> {
  if (partWords === undefined || partWords.split(',').includes(name)) await measured()
}

function isWanted(name: string): boolean {
  return peerWords === undefined || peerWords.split(',').includes(name)
}

async function moveLarge(kind: 'get' | 'put', delay: number): Promise<void> {
  await using stack = new AsyncDisposableStack()
  const relay = delay === 0 ? undefined : stack.use(await forkRelay('127.0.0.1', peer.port, delay))
  const port = relay?.port ?? peer.port
  const sftp = await ourSftp(stack, port)
  const programs = programsAt(port)
  const road = delay === 0 ? 'without delay' : `${delay} ms away`
  const ours = moved('@net/ssh', `${kind}-net`, (to) =>
    kind === 'get' ? sftp.download(source, toFile(to)) : sftp.upload(fromFile(source), to),
  )
  const others = [
    ...(isWanted('sftp')
      ? [into(`${kind}-sftp`, (to) => programs.sftp(`${kind} ${source} ${to}`))]
      : []),
    ...(isWanted('scp') ? [byScp(kind, programs)] : []),
    ...(isWanted('rclone') ? [byRclone(kind, programs)] : []),
    ...(await byBare(kind, stack, port)),
    ...(isWanted('ssh2-sftp-client') ? [await byWrapped(kind, stack, port)] : []),
    ...(await byPython(kind, stack, port)),
  ]
  if (delay > 0) console.log(`\n  ${await bareRate(delay)} MiB/s by bare TCP on such a road`)
  await compare(`SFTP ${kind}, ${MEBI} MiB, ${road}`, 'MiB/s', ours, others)
}

function byScp(kind: 'get' | 'put', programs: SftpPrograms): Contender {
  return into(`${kind}-scp`, (to) =>
    kind === 'get'
      ? programs.scp(programs.there(source), to)
      : programs.scp(source, programs.there(to)),
  )
}

function byRclone(kind: 'get' | 'put', programs: SftpPrograms): Contender {
  return into(`${kind}-rclone`, (to) =>
    kind === 'get'
      ? programs.rclone(`:sftp:${source}`, to)
      : programs.rclone(source, `:sftp:${to}`),
  )
}

async function byBare(
  kind: 'get' | 'put',
  stack: AsyncDisposableStack,
  port: number,
): Promise<readonly Contender[]> {
  if (!isWanted('fast') && !isWanted('stream')) return []
  const { sftp, end } = await bareSftp(port)
  stack.defer(end)
  const isGet = kind === 'get'
  const fast = moved(isGet ? 'ssh2 fastGet' : 'ssh2 fastPut', `${kind}-ssh2`, (to) =>
    called((done) => (isGet ? sftp.fastGet(source, to, done) : sftp.fastPut(source, to, done))),
  )
  const stream = moved('ssh2 stream', `${kind}-stream`, (to) =>
    isGet
      ? pipeline(sftp.createReadStream(source), createWriteStream(to))
      : pipeline(createReadStream(source), sftp.createWriteStream(to)),
  )
  return [...(isWanted('fast') ? [fast] : []), ...(isWanted('stream') ? [stream] : [])]
}

async function byWrapped(
  kind: 'get' | 'put',
  stack: AsyncDisposableStack,
  port: number,
): Promise<Contender> {
  const wrapped = new SftpClient()
  await wrapped.connect(bareLogin(port))
  stack.defer(() => wrapped.end())
  return moved('ssh2-sftp-client', `${kind}-wrapped`, (to) =>
    kind === 'get' ? wrapped.fastGet(source, to) : wrapped.fastPut(source, to),
  )
}

async function byPython(
  kind: 'get' | 'put',
  stack: AsyncDisposableStack,
  port: number,
): Promise<readonly Contender[]> {
  const to = join(folder, `${kind}-python`)
  const round = { kind, done: MEBI, paths: [source, to] } as const
  const login = { port, user: peer.user, identity: peer.keyFile }
  const contenders: Contender[] = []
  for (const name of ['asyncssh', 'paramiko'] as const) {
    const client = isWanted(name)
      ? await pythonClient(name, login, name === 'asyncssh' ? CIPHER : '')
      : undefined
    if (client === undefined) continue
    stack.use(client)
    contenders.push({ ...client.contender(round), check: () => same(to) })
  }
  return contenders
}

/** With a client and programs that have no delay. */
async function near(
  measured: (sftp: ssh.SftpClient, programs: SftpPrograms) => Promise<void>,
): Promise<void> {
  await using stack = new AsyncDisposableStack()
  await measured(await ourSftp(stack, peer.port), programsAt(peer.port))
}

async function ourSftp(stack: AsyncDisposableStack, port: number): Promise<ssh.SftpClient> {
  const host = await ssh.connect(`ssh://127.0.0.1:${port}`, {
    user: peer.user,
    auth: ssh.key(peer.key),
    hostKeys: ssh.dangerouslyAcceptAnyHostKey(),
    algorithms: { ciphers: [CIPHER] },
  })
  stack.use(host)
  return host.sftp()
}

function programsAt(port: number): SftpPrograms {
  return new SftpPrograms({ ...peer, port, cipher: CIPHER, size: MEBI })
}

/** What TCP alone moves through the relay, in MiB a second. */
async function bareRate(delay: number): Promise<string> {
  const chunk = Buffer.alloc(65_536)
  const sent = createServer((socket) => {
    socket.on('error', () => {})
    pipeline(
      Readable.from(
        (function* () {
          for (let left = MEBI * 16; left > 0; left--) yield chunk
        })(),
      ),
      socket,
    ).catch(() => {})
  }).listen(0, '127.0.0.1')
  await once(sent, 'listening')
  await using relay = await forkRelay('127.0.0.1', (sent.address() as AddressInfo).port, delay)
  const socket = connect(relay.port, '127.0.0.1')
  const started = performance.now()
  await once(socket.resume(), 'end')
  const seconds = (performance.now() - started) / 1000
  socket.destroy()
  sent.close()
  return (MEBI / seconds).toFixed(1)
}

async function smallFiles(
  kind: 'get' | 'put',
  sftp: ssh.SftpClient,
  programs: SftpPrograms,
): Promise<void> {
  const small = join(folder, `small-${kind}`)
  mkdirSync(small)
  const names = Array.from({ length: SMALL }, (_, at) => `f${at}`)
  for (const name of names) writeFileSync(join(small, name), Buffer.alloc(2000, name))
  let run = 0
  const fresh = (): string => {
    const to = join(small, `to-${(run += 1)}`)
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
  const ours = each((from, to) =>
    kind === 'get' ? sftp.download(from, toFile(to)) : sftp.upload(fromFile(from), to),
  )
  await compare(`SFTP ${kind}, 1,000 files of 2 kB`, 'files/s', ours, [
    programs.sftp(() => `${kind} -r ${small}/f* ${fresh()}/`, SMALL),
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
