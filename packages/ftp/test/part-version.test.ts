import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { connect, toFile } from '@net/ftp'
import { startFtpServer, type FtpServer, type FtpServerOptions } from '@net/ftp/testing'
import { afterAll, expect, test } from 'vitest'

import { download } from '../src/download.ts'
import { versionOf } from '../src/part-version.ts'
import { openSession, users, type TestSession } from './open-session.ts'

const folder = mkdtempSync(join(tmpdir(), 'net-ftp-'))
const options: FtpServerOptions = { users, files: { '/small': '0123456789' } }

afterAll(() => rmSync(folder, { recursive: true }))

const fetch = (test: TestSession, path: string, to: string, resume = false): Promise<unknown> =>
  test.use((dialog, session) =>
    download(session, dialog, { path, sink: toFile(join(folder, to), { keepPart: true }), resume }),
  )

/** Leaves the first bytes in a part, as a call does that is cut. */
const cutAt = async (server: FtpServer, test: TestSession, to: string): Promise<void> => {
  server.fail({ on: 'RETR', after: 4, do: 'half-close' })
  await expect(fetch(test, 'small', to)).rejects.toMatchObject({ received: 4 })
}

test('a time is asked for only where a part is kept', async () => {
  await using server = await startFtpServer(options)
  await using test = await openSession(server)
  const asked = (keepPart: boolean): Promise<unknown> =>
    test.use((dialog, session) =>
      versionOf(
        session,
        dialog,
        { path: 'small', resume: false, sink: toFile('a', { keepPart }) },
        10,
      ),
    )
  expect(await asked(false)).toBeUndefined()
  expect(server.received.filter((line) => line.startsWith('MDTM'))).toEqual([])
  expect(await asked(true)).toMatchObject({ kind: 'ftp', size: 10, validator: expect.any(String) })
})

test('a part of a file that has changed meanwhile is not gone on with', async () => {
  await using server = await startFtpServer(options)
  await using test = await openSession(server)
  for (const change of ['time', 'size']) {
    await cutAt(server, test, change)
    const { modified } = server.files.stat('/small')
    server.files.write('/small', change === 'time' ? 'abcdefghij' : 'abcdefghijk')
    server.files.setModified('/small', change === 'time' ? modified + 2000 : modified)
    const size = change === 'time' ? 10 : 11
    expect(await fetch(test, 'small', change, true)).toMatchObject({ transferred: size, size })
    expect(readFileSync(join(folder, change))).toEqual(Buffer.from(server.files.read('/small')))
    expect(existsSync(join(folder, `${change}.part.ftp`))).toBe(false)
    server.files.write('/small', '0123456789')
  }
})

test('a part of which nobody knows what it is is not gone on with, nor where the server tells no times', async () => {
  await using server = await startFtpServer(options)
  await using test = await openSession(server)
  writeFileSync(join(folder, 'unknown.part'), 'abcd')
  expect(await fetch(test, 'small', 'unknown', true)).toMatchObject({ transferred: 10 })
  expect(readFileSync(join(folder, 'unknown'), 'utf8')).toBe('0123456789')
  await using timeless = await startFtpServer({ ...options, without: ['MDTM'] })
  await using other = await openSession(timeless)
  await cutAt(timeless, other, 'timeless')
  expect(await fetch(other, 'small', 'timeless', true)).toMatchObject({ transferred: 10 })
  expect(readFileSync(join(folder, 'timeless'), 'utf8')).toBe('0123456789')
})

test('a part that is longer than the file is no beginning of it', async () => {
  await using server = await startFtpServer(options)
  await using test = await openSession(server)
  const part = join(folder, 'longer.part')
  writeFileSync(part, '0123456789abc')
  await expect(fetch(test, 'small', 'longer', true)).rejects.toMatchObject({
    code: 'NET_SIZE_MISMATCH',
    received: 13,
    expected: 10,
  })
  expect(server.received.filter((line) => /^(?:REST|RETR)/.test(line))).toEqual([])
  await using client = await connect(server.url, { user: 'joe', password: 'open sesame' })
  const to = join(folder, 'longer')
  // The part goes with the attempt that failed, so the next one fetches the file from its start.
  await client.download('small', toFile(to), { resume: true })
  expect(readFileSync(to, 'utf8')).toBe('0123456789')
})
