// Transfers that are cut at any byte, in every manner, and go on until they are whole. 20 of them; 300 with NET_SOAK=1.
import { createHash, randomBytes, randomInt } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import * as ftp from '@net/ftp'
import { startFtpServer, type FtpFaultAction } from '@net/ftp/testing'

import { testFolder } from './test-folder.ts'

const TIMES = process.env['NET_SOAK'] === '1' ? 300 : 20

/** A reset, a server that is started anew and keeps its files, an end, a refusal for want of room, an end of one side, and silence. */
const FAULTS: readonly (FtpFaultAction | 'restart')[] = [
  'reset',
  'restart',
  'drop',
  { reply: '552 There is no room for that.' },
  { reply: '451 Local error.' },
  'half-close',
  'stall',
]

test(`${TIMES} transfers that are cut go on, and end identical`, { timeout: 600_000 }, async () => {
  const folder = testFolder()
  let server = await startFtpServer({ files: { '/in/.keep': '' } })
  await using stack = new AsyncDisposableStack()
  stack.defer(() => server.close())
  // A server that is silent may have taken all of it: then it is the last reply that does not come.
  const options = { retry: false, timeout: { idle: 300, reply: 500 } } as const
  for (let time = 0; time < TIMES; time++) {
    const bytes = randomBytes(randomInt(10_000, 400_000))
    const path = join(folder, `f${time}`)
    const isUpload = time % 2 === 0
    if (isUpload) writeFileSync(path, bytes)
    else server.files.write(`/in/f${time}`, bytes)
    const verb = isUpload ? 'STOR' : 'RETR'
    const action = FAULTS[(time >> 1) % FAULTS.length] ?? 'reset'
    // What is told to be whole and is not, is caught by SIZE; what an upload lacks then is resumed.
    const after = randomInt(1, bytes.length)
    server.fail({ on: verb, after, do: action === 'restart' ? 'stall' : action })
    let isWhole = false
    for (let attempt = 0; attempt < 10 && !isWhole; attempt++) {
      await using partner = await ftp.connect(server.url)
      const name = `in/f${time}`
      const sink = ftp.toFile(path, { keepPart: true })
      const before = server.received.length
      const moving = isUpload
        ? partner.upload(ftp.fromFile(path), name, { ...options, resume: true })
        : partner.download(name, sink, { ...options, resume: true })
      const going = moving.then(
        () => true,
        () => false,
      )
      if (action === 'restart' && attempt === 0) {
        await untilOver(going, () =>
          server.received.slice(before).some((line) => line.startsWith(verb)),
        )
        await server.close()
        server = await startFtpServer({ files: server.files })
      }
      isWhole = await going
    }
    expect(isWhole, `${verb} number ${time}`).toBe(true)
    const moved = isUpload ? server.files.read(`/in/f${time}`) : readFileSync(path)
    expect(hash(moved), `${verb} number ${time}`).toBe(hash(bytes))
  }
})

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

function hash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
