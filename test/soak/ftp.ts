// FTP in a soak: a transfer that succeeded is whole on both sides, and a file that was not fetched whole has no name.
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdtempDisposable, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { CallOptions } from '@net/core'
import * as ftp from '@net/ftp'
import { startFtpServer, type FtpServer } from '@net/ftp/testing'

import type { Random } from './random.ts'
import type { Workload } from './workload.ts'

/** FTP in clear and under TLS. */
export const files: Workload = {
  name: 'ftp',
  workers: 6,
  async open({ certificates, random }) {
    const folder = await mkdtempDisposable(join(tmpdir(), 'net-soak-'))
    const users = { ada: 'lovelace' }
    const contents = { 'big.bin': random.bytes(150_000), 'small.txt': 'a,b', ...folderOf(NAMES) }
    const plain = await startFtpServer({ users, files: contents })
    const sealed = await startFtpServer({ users, files: contents, tls: certificates.issue() })
    let number = 0
    return {
      get connections() {
        return plain.connections + sealed.connections
      },
      async work(worker) {
        const { random: lots } = worker
        const isSealed = lots.chance(0.5)
        const server = isSealed ? sealed : plain
        let partner: ftp.FtpClient | undefined
        await worker.attempt('ftp connect', async (call) => {
          partner = await ftp.connect(server.url, {
            ...call,
            user: 'ada',
            password: 'lovelace',
            dialer: worker.road(isSealed),
            ...(isSealed ? { security: 'required', tls: { ca: certificates.ca } } : {}),
          })
        })
        if (partner === undefined) return
        await using client = partner
        for (let call = 0; call < 8; call++) {
          const path = `file-${number++}`
          const visit = { client, server, random: lots, path, local: join(folder.path, path) }
          const verb = lots.pick(VERBS)
          const error = await worker.attempt(`ftp ${verb.name}`, (options) => verb(visit, options))
          if (error !== undefined && lots.chance(0.7)) return
        }
      },
      async [Symbol.asyncDispose]() {
        await Promise.all([plain.close(), sealed.close()])
        await folder.remove()
      },
    }
  },
}

function folderOf(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [`list/${name}`, name]))
}

interface Visit {
  readonly client: ftp.FtpClient
  readonly server: FtpServer
  readonly random: Random
  readonly path: string
  readonly local: string
}

async function upload({ client, server, random, path }: Visit, call: CallOptions): Promise<void> {
  const sent = random.bytes(random.size(150_000))
  await client.upload(sent, path, call)
  assert.ok(Buffer.from(sent).equals(server.files.read(path)), `${sent.length} bytes arrived wrong`)
  server.files.remove(path)
}

async function download({ client, server, local }: Visit, call: CallOptions): Promise<void> {
  try {
    await client.download('big.bin', ftp.toFile(local), call)
  } finally {
    // An abort may come just when the file gets its name; even then it is whole.
    const whole = Buffer.from(server.files.read('big.bin'))
    if (existsSync(local))
      assert.ok(whole.equals(await readFile(local)), 'not the bytes of the file')
  }
}

async function read({ client }: Visit, call: CallOptions): Promise<void> {
  assert.equal(Buffer.from(await client.readFile('small.txt', call)).toString(), 'a,b')
}

async function stat({ client }: Visit, call: CallOptions): Promise<void> {
  const { size, type } = await client.stat('big.bin', call)
  assert.deepEqual({ size, type }, { size: 150_000, type: 'file' })
}

async function list({ client }: Visit, call: CallOptions): Promise<void> {
  const names = await Array.fromAsync(client.list('list', call), ({ name }) => name)
  // A listing has no length: one that is cut between two lines cannot be told from a whole one in clear (RFC 959).
  assert.deepEqual(names, NAMES.slice(0, names.length))
}

const NAMES = ['one', 'three', 'two']
const VERBS = [upload, upload, download, read, stat, list] as const
