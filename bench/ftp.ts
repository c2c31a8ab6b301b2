/*
 * Files over FTP, in clear and over TLS, against vsftpd or, where there is none, the embedded server, each in another
 * process: large files from disk to disk, small ones, logins from far away, and a long listing. Ours also asks the server for
 * the size and compares, and gives a file its name only then; basic-ftp and ftplib ask for the size of a large upload, which
 * the server tells when it has closed the file, as curl and lftp wait for their QUIT. The contents are compared after each run.
 */

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import * as ftp from '@net/ftp'
import { Client } from 'basic-ftp'

import { apart, type Apart } from './apart.ts'
import {
  byCurl,
  byLftp,
  ftplib,
  mirroredByLftp,
  type FtpPlace,
  type FtpRound,
} from './ftp-programs.ts'
import { compare, median, warmUp, type Contender } from './pairs.ts'
import { startRelay } from './relay.ts'

const MEGA = 1_000_000
const FILES = 1000
const ENTRIES = 100_000
// Rounds that are not measured: V8 has compiled by then what it will.
const WARM = 12
const ROUND_TRIP = 50
const wanted = process.argv.slice(2)

const child = fork(new URL('ftp-server.ts', import.meta.url))
const [server] = (await once(child, 'message')) as [Peer]
const { url, user, password, ca, size, root } = server
const { hostname, port } = new URL(url)
const folder = mkdtempSync(join(tmpdir(), 'net-bench-'))
const authority = join(folder, 'ca.pem')
writeFileSync(authority, ca)
const place = (secure: boolean): FtpPlace => ({
  port: Number(port),
  user,
  password,
  ...(secure ? { ca: authority } : {}),
})

await using stack = new AsyncDisposableStack()
stack.defer(() => {
  child.disconnect()
  rmSync(folder, { recursive: true })
})
const reader = stack.use(await ours(false))
if (isWanted('large')) for (const secure of [false, true]) await compareLarge(secure)
if (isWanted('small')) await compareSmall()
if (isWanted('login')) await countTrips()
if (isWanted('list') && root !== undefined) await compareListings(root)

async function compareLarge(secure: boolean): Promise<void> {
  const source = join(folder, 'source')
  const copy = join(folder, 'copy')
  await reader.download('big', ftp.toFile(source))
  const bytes = readFileSync(source)
  const same = (path: string): void => {
    if (!readFileSync(path).equals(bytes)) throw new Error('the contents differ')
    rmSync(path)
  }
  const back = async (): Promise<void> => {
    await reader.download('in/up', ftp.toFile(join(folder, 'back')))
    same(join(folder, 'back'))
    await reader.remove('in/up')
  }
  const done = size / MEGA
  const down: FtpRound = { kind: 'get', remote: 'big', local: copy, done, check: () => same(copy) }
  const up: FtpRound = { kind: 'put', remote: 'in/up', local: source, done, check: back }
  await using clients = new AsyncDisposableStack()
  const net = clients.use(await moverOf('net', secure))
  const bare = clients.use(await moverOf('basic-ftp', secure))
  const python = clients.use(await ftplib(place(secure)))
  const programs = (round: FtpRound): readonly Contender[] => [
    byCurl(place(secure), round),
    byLftp(place(secure), round),
    python.contender(round),
  ]
  const road = secure ? 'over TLS' : 'in clear'
  await compare(
    `FTP download, ${done} MB ${road}`,
    'MB/s',
    net.contender('net', `get big ${copy}`, down),
    [bare.contender('basic-ftp', `get big ${copy}`, down), ...programs(down)],
  )
  await compare(
    `FTP upload, ${done} MB ${road}`,
    'MB/s',
    net.contender('net', `put ${source} in/up`, up),
    [bare.contender('basic-ftp', `put ${source} in/up`, up), ...programs(up)],
  )
  rmSync(source)
}

async function compareSmall(): Promise<void> {
  const local = join(folder, 'small')
  mkdirSync(local)
  const names = Array.from({ length: FILES }, (_, n) => `f${n}`)
  for (const [n, name] of names.entries()) writeFileSync(join(local, name), Buffer.alloc(2000, n))
  await reader.mkdir('in/small')
  const check = async (): Promise<void> => {
    const sizes = new Map<string, number | undefined>()
    for await (const entry of reader.list('in/small')) sizes.set(entry.name, entry.size)
    if (names.some((name) => sizes.get(name) !== 2000)) throw new Error('files are missing')
    await reader.remove('in/small', { recursive: true })
    await reader.mkdir('in/small')
  }
  const round = { done: FILES, check }
  using clients = new DisposableStack()
  const net = clients.use(await moverOf('net', false))
  const four = clients.use(await moverOf('net', false, 4))
  const bare = clients.use(await moverOf('basic-ftp', false))
  const put = `small ${local} in/small`
  await compare(
    `FTP upload of ${FILES} files of 2 kB, one after another`,
    'files a second',
    net.contender('net', put, round),
    [bare.contender('basic-ftp', put, round)],
  )
  await compare(
    `FTP upload of ${FILES} files of 2 kB over 4 connections`,
    'files a second',
    four.contender('net', put, round),
    [mirroredByLftp(place(false), { from: local, to: 'in/small', at: 4 }, round)],
  )
  await reader.remove('in/small', { recursive: true })
}

/** From the dial to the end of the login, in round trips, one of which is the time of a command: on a busy machine a timer is late. */
async function countTrips(): Promise<void> {
  console.log(`\nFTP logins, the server ${ROUND_TRIP} ms away, in round trips`)
  await using relay = await startRelay('127.0.0.1', Number(port), ROUND_TRIP)
  await using near = await ours(false, {}, relay.port)
  const trip = await timeOf(() => near.size('big'))
  console.log(`  a round trip took ${trip.toFixed(1)} ms`)
  const tripsOf = async (
    by: string,
    connect: () => Promise<{ close(): unknown }>,
  ): Promise<void> => {
    const clients: { close(): unknown }[] = []
    const time = await timeOf(async () => clients.push(await connect()))
    console.log(`  ${by}`.padEnd(44), (time / trip).toFixed(2))
    await Promise.all(clients.map((client) => client.close()))
  }
  for (const secure of [false, true]) {
    const road = secure ? 'over TLS' : 'in clear'
    await tripsOf(`net ${road}`, () => ours(secure, {}, relay.port))
    await tripsOf(`basic-ftp ${road}`, () => bareClient(secure, relay.port))
  }
}

async function timeOf(call: () => Promise<unknown>): Promise<number> {
  const times: number[] = []
  for (let n = 0; n < 11; n++) {
    const started = performance.now()
    await call()
    times.push(performance.now() - started)
  }
  return median(times)
}

async function compareListings(served: string): Promise<void> {
  const many = join(served, 'many')
  mkdirSync(many)
  for (let n = 0; n < ENTRIES; n++) writeFileSync(join(many, `a file with a name ${n}.txt`), '')
  if (readdirSync(many).length !== ENTRIES) throw new Error('files are missing')
  using clients = new DisposableStack()
  const net = clients.use(await moverOf('net', false))
  const bare = clients.use(await moverOf('basic-ftp', false))
  for (const mover of [net, bare]) {
    const came = await mover.ask('list many')
    if (came !== ENTRIES) throw new Error(`${String(came)} entries came`)
  }
  const round = { done: ENTRIES }
  const ours = net.contender('net', 'list many', round)
  const theirs = bare.contender('basic-ftp', 'list many', round)
  await warmUp([ours, theirs], WARM)
  await compare(`FTP listing of ${ENTRIES} entries`, 'a second', ours, [theirs])
  for (const [by, mover] of [
    ['net', net],
    ['basic-ftp', bare],
  ] as const) {
    const kept = Number(await mover.ask('heap many'))
    console.log(`  the memory of ${by} grows by ${(kept / MEGA).toFixed(1)} MB at most`)
  }
}

interface Peer {
  readonly url: string
  readonly user: string
  readonly password: string
  readonly ca: string
  readonly size: number
  /** The folder that it serves, where that is one of this machine. */
  readonly root?: string
}

function ours(
  secure: boolean,
  options: { connections?: number } = {},
  to = Number(port),
): Promise<ftp.FtpClient> {
  const security = secure ? 'required' : 'off'
  return ftp.connect(`ftp://${hostname}:${to}`, {
    user,
    password,
    security,
    tls: { ca },
    ...options,
  })
}

async function bareClient(secure: boolean, to = Number(port)): Promise<Client> {
  const client = new Client()
  await client.access({ host: hostname, port: to, user, password, secure, secureOptions: { ca } })
  return client
}

/** A client in a process of its own. */
function moverOf(who: 'net' | 'basic-ftp', secure: boolean, connections = 1): Promise<Apart> {
  const where = [`${hostname}:${port}`, user, password, String(connections)]
  return apart('ftp-mover.ts', who, ...where, ...(secure ? [authority] : []))
}

function isWanted(part: string): boolean {
  return wanted.length === 0 || wanted.includes(part)
}
