// Transfers over SFTP that are cut anywhere, in every manner, and go on until they are whole. 24 of them; 300 with NET_SOAK=1.
import { createHash, randomBytes, randomInt } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import * as ssh from '@net/ssh'
import { startSftpServer, type SftpFaultAction, type SftpServer } from '@net/ssh/testing'

import { testFolder } from './test-folder.ts'

const TIMES = process.env['NET_SOAK'] === '1' ? 300 : 24

/**
 * A channel that ends, silence, a refusal, an answer that is lost, nonsense; `reset` is of the connection, and `restart` of the
 * server, which keeps its files.
 */
const FAULTS: readonly (SftpFaultAction | 'reset' | 'restart')[] = [
  'reset',
  'restart',
  'drop',
  'stall',
  { status: 4, text: 'disk error' },
  'loses',
  'garbage',
]

test(`${TIMES} transfers that are cut go on, and end identical`, { timeout: 600_000 }, async () => {
  const folder = testFolder()
  let server = await startSftpServer({ files: { '/in/.keep': '' } })
  await using stack = new AsyncDisposableStack()
  stack.defer(() => server.close())
  // Of a server that is silent.
  const options = { retry: false, timeout: { idle: 300, reply: 500 } } as const
  for (let time = 0; time < TIMES; time++) {
    const bytes = randomBytes(randomInt(100_000, 2_000_000))
    const path = join(folder, `f${time}`)
    const isUpload = time % 2 === 0
    const name = `/in/f${time}`
    if (isUpload) writeFileSync(path, bytes)
    else server.files.put(name, bytes)
    const on = isUpload ? 'WRITE' : 'READ'
    const fault = FAULTS[(time >> 1) % FAULTS.length] ?? 'drop'
    if (fault !== 'restart') cut(server, on, fault)
    let isWhole = false
    for (let attempt = 0; attempt < 10 && !isWhole; attempt++) {
      const before = timesAsked(server, on)
      const going = tried(server, async (sftp) => {
        const sink = ssh.toFile(path, { keepPart: true })
        if (isUpload) await sftp.upload(ssh.fromFile(path), name, { ...options, resume: true })
        else await sftp.download(name, sink, { ...options, resume: true })
      })
      if (fault === 'restart' && attempt === 0) {
        await untilOver(going, () => timesAsked(server, on) > before)
        await server.close()
        server = await startSftpServer({ files: server.files })
      }
      isWhole = await going
    }
    expect(isWhole, `number ${time}`).toBe(true)
    const moved = isUpload ? server.files.read(name) : readFileSync(path)
    expect(hash(moved), `number ${time}`).toBe(hash(bytes))
  }
})

function timesAsked(server: SftpServer, on: string): number {
  return server.requests.filter((line) => line.startsWith(on)).length
}

/** Resolves when it is so, or the transfer is over. */
async function untilOver(going: Promise<unknown>, isSo: () => boolean): Promise<void> {
  const isOver = going.then(() => true)
  const later = (): Promise<false> =>
    new Promise((resolve) => {
      setImmediate(() => resolve(false))
    })
  while (!isSo()) {
    if (await Promise.race([isOver, later()])) return
  }
}

function cut(server: SftpServer, on: string, action: SftpFaultAction | 'reset'): void {
  if (action === 'reset') server.failSsh({ after: randomInt(5000, 90_000), do: action })
  else server.fail({ on, after: randomInt(0, 3), do: action })
}

async function tried(
  server: SftpServer,
  move: (sftp: ssh.SftpClient) => Promise<void>,
): Promise<boolean> {
  const hostKeys = ssh.pinned(server.ssh.hostKey.fingerprint)
  const login = { user: 'ada', password: 'lovelace', hostKeys }
  let host: ssh.SshClient | undefined
  try {
    host = await ssh.connect(server.url, login)
    await move(await host.sftp())
    return true
  } catch (error) {
    if (error instanceof Error) return false
    throw error
  } finally {
    await host?.close({ grace: 50 })
  }
}

function hash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
