// A file that is mostly holes goes both ways over SFTP: 1 GiB of it; 5 GiB with NET_SOAK=1.
import { createHash } from 'node:crypto'
import { closeSync, createReadStream, openSync, statSync, truncateSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { expect, test } from 'vitest'

import { fromFile, toFile } from '@net/core'
import * as ssh from '@net/ssh'

import { requireDaemon } from './daemon.ts'
import { startSshd } from './sshd.ts'
import { testFolder } from './test-folder.ts'

const GIB = 2 ** 30
const SIZE = process.env['NET_SOAK'] === '1' ? 5 * GIB : GIB

test(`a sparse file of ${SIZE / GIB} GiB goes both ways with an equal hash, and stays sparse`, async (context) => {
  const sshd = await startSshd(requireDaemon(context, 'sshd'), ['Subsystem sftp internal-sftp'])
  context.onTestFinished(() => sshd[Symbol.asyncDispose]())
  await using host = await ssh.connect(sshd.url, {
    user: sshd.user,
    auth: ssh.key(sshd.key.privateKey),
    hostKeys: ssh.pinned(sshd.hostKey.fingerprint),
  })
  await using sftp = await host.sftp()
  const folder = testFolder()
  const [local, remote, back] = ['local', 'remote', 'back'].map((name) => join(folder, name))
  writeSparse(local!)
  const whole = { transferred: SIZE, size: SIZE, verified: true }
  expect(await sftp.upload(fromFile(local!), remote!, { sparse: true })).toEqual(whole)
  expect(await sftp.download(remote!, toFile(back!), { sparse: true })).toEqual(whole)
  const hash = await hashOf(local!)
  for (const path of [remote!, back!]) {
    expect(statSync(path).blocks * 512).toBeLessThan(SIZE / 10)
    expect(await hashOf(path)).toBe(hash)
  }
}, 600_000)

/** Some bytes here and there, at the end none. */
function writeSparse(path: string): void {
  const file = openSync(path, 'w')
  try {
    for (let at = 0; at < SIZE - GIB / 8; at += GIB / 8)
      writeSync(file, `bytes at ${at}`, at + 12_345)
    truncateSync(path, SIZE)
  } finally {
    closeSync(file)
  }
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path, { highWaterMark: 1024 * 1024 }), hash)
  return hash.digest('hex')
}
