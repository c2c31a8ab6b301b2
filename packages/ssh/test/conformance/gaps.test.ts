import { randomBytes } from 'node:crypto'

import { connect, pinned, type SftpClient } from '@net/ssh'
import { startSftpServer, type SftpServer } from '@net/ssh/testing'
import { expect, onTestFinished, test, vi } from 'vitest'

import { Pipeline } from '../../src/sftp/pipeline.ts'

/** Numbers that are the same for the same seed. */
function lots(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((state / 2_147_483_648) * below)
  }
}

/** A session of its own, as another process would have it. */
async function opened(
  server: SftpServer,
  reconnect: boolean,
): Promise<{ readonly sftp: SftpClient } & AsyncDisposable> {
  const hostKeys = pinned(server.ssh.hostKey.fingerprint)
  const host = await connect(server.url, { user: 'ada', password: 'lovelace', hostKeys })
  const sftp = await host.sftp({ reconnect })
  return { sftp, [Symbol.asyncDispose]: () => host.close({ grace: 0 }) }
}

interface Interruption {
  readonly seed: number
  /** Up to which write one is lost. */
  readonly writes: number
  /** Whether the call goes on by itself, or another process does. */
  readonly isSameCall: boolean
}

/**
 * One write is lost, some behind it land, and the session breaks; then the upload goes on. Resolves to whether there was a hole in
 * what the server had, where that can be seen.
 */
async function interrupted(
  server: SftpServer,
  bytes: Buffer,
  { seed, writes, isSameCall }: Interruption,
): Promise<boolean> {
  const below = lots(seed)
  const path = `/f${seed}`
  const lost = below(writes)
  server.fail({ on: `WRITE ${path}.`, after: lost, do: 'stall' })
  server.fail({ on: `WRITE ${path}.`, after: lost + 1 + below(2), do: 'drop' })
  let hasHole = false
  {
    await using first = await opened(server, isSameCall)
    const uploading = first.sftp.writeFile(path, bytes, { resume: true })
    if (isSameCall) await uploading
    else await expect(uploading).rejects.toMatchObject({ code: 'NET_CONN_CLOSED' })
  }
  if (!isSameCall) {
    const part = Buffer.from(server.files.read(`${path}.part`))
    hasHole = !part.equals(bytes.subarray(0, part.length))
    await using second = await opened(server, false)
    await second.sftp.writeFile(path, bytes, { resume: true })
  }
  expect([seed, bytes.equals(server.files.read(path))]).toEqual([seed, true])
  return hasHole
}

test('of 100 uploads whose writes land in any order, with one lost, all are whole in the end', async () => {
  await using server = await startSftpServer({ shuffles: true, extensions: false })
  const bytes = randomBytes(400_000)
  let holes = 0
  for (let seed = 1; seed <= 100; seed++) {
    const isSameCall = seed % 2 === 0
    holes += Number(await interrupted(server, bytes, { seed, writes: 9, isSameCall }))
  }
  expect(holes).toBeGreaterThan(10)
})

test('so are those that go over four channels', async () => {
  const trip = vi.spyOn(Pipeline.prototype, 'trip', 'get').mockReturnValue(100)
  onTestFinished(() => trip.mockRestore())
  const ssh = { quirks: { software: 'OpenSSH_9.9' } }
  await using server = await startSftpServer({ shuffles: true, ssh })
  const bytes = randomBytes(9_000_000)
  let done = 0
  for (let seed = 1; seed <= SEEDS; seed++) {
    await interrupted(server, bytes, { seed, writes: 25, isSameCall: false })
    done += 1
  }
  expect(done).toBe(SEEDS)
}, 300_000)

/** Each moves 20 MB; 100 with NET_SOAK=1. */
const SEEDS = process.env['NET_SOAK'] === '1' ? 100 : 8
