/*
 * A client for the FTP bench: `ftp-mover.ts (net | basic-ftp) HOST:PORT USER PASSWORD CONNECTIONS [CA]`. A round is `get REMOTE
 * LOCAL`, `put LOCAL REMOTE`, `small FOLDER REMOTE`, `list REMOTE` or `heap REMOTE`.
 */

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import * as ftp from '@net/ftp'
import { Client } from 'basic-ftp'

import { serveRounds } from './apart.ts'

interface Mover {
  get(remote: string, local: string): Promise<unknown>
  put(local: string, remote: string): Promise<unknown>
  /** As `put`, until the server has closed the file: vsftpd says 226 before that, and allocates the disk's blocks then. */
  putWhole(local: string, remote: string): Promise<unknown>
  /** Resolves to how many entries came. */
  list(folder: string): Promise<number>
}

const [who = '', peer = '', user = '', password = '', connections = '1', authority] =
  process.argv.slice(2)
const { hostname: host, port } = new URL(`tcp://${peer}`)
const ca = authority === undefined ? undefined : readFileSync(authority, 'utf8')
const mover = await (who === 'net' ? ours() : theirs())
serveRounds(async (round) => {
  const [kind, from = '', to = ''] = round.split(' ')
  if (kind === 'get') return mover.get(from, to)
  if (kind === 'put') return mover.putWhole(from, to)
  if (kind === 'small') return small(from, to)
  return kind === 'heap' ? highWater(from) : mover.list(from)
})

async function small(folder: string, to: string): Promise<void> {
  const names = readdirSync(folder)
  const put = (name: string): Promise<unknown> => mover.put(join(folder, name), `${to}/${name}`)
  if (Number(connections) > 1) await Promise.all(names.map(put))
  else for (const name of names) await put(name)
}

async function ours(): Promise<Mover> {
  const client = await ftp.connect(`ftp://${host}:${port}`, {
    user,
    password,
    connections: Number(connections),
    security: ca === undefined ? 'off' : 'required',
    tls: { ca },
  })
  const put = (local: string, remote: string): Promise<unknown> =>
    client.upload(ftp.fromFile(local), remote)
  return {
    get: (remote, local) => client.download(remote, ftp.toFile(local)),
    put,
    // It asks for the size.
    putWhole: put,
    async list(folder) {
      let count = 0
      for await (const entry of client.list(folder)) count += entry.type === 'file' ? 1 : 0
      return count
    },
  }
}

async function theirs(): Promise<Mover> {
  const client = new Client()
  const secure = ca !== undefined
  await client.access({
    host,
    port: Number(port),
    user,
    password,
    secure,
    secureOptions: { ca },
  })
  return {
    get: (remote, local) => client.downloadTo(local, remote),
    put: (local, remote) => client.uploadFrom(local, remote),
    async putWhole(local, remote) {
      await client.uploadFrom(local, remote)
      await client.size(remote)
    },
    list: async (folder) => (await client.list(folder)).length,
  }
}

/** How many bytes the heap, and what is outside of it, grow at most while it lists; only with --expose-gc. */
async function highWater(folder: string): Promise<number> {
  globalThis.gc?.()
  const used = (): number => {
    const { heapUsed, external } = process.memoryUsage()
    return heapUsed + external
  }
  const before = used()
  let most = 0
  const timer = setInterval(() => {
    globalThis.gc?.()
    most = Math.max(most, used() - before)
  }, 20)
  await mover.list(folder)
  clearInterval(timer)
  return most
}
