import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'

import { toFile } from '@net/core'
import { useFakeClock } from '@net/core/testing'

import { failureOf } from '../embedded.ts'
import { codesOf, openedSftp, patterned } from './opened.ts'

test('a file is looked at, opened, read and closed, and nothing else is asked in between', async () => {
  await using opened = await openedSftp({ files: { '/a': 'x'.repeat(1000) } })
  await opened.sftp.readFile('/a')
  await opened.sftp.stat('/a')
  opened.requests()
  await opened.sftp.readFile('/a')
  await opened.sftp.stat('/a')
  expect(opened.requests()).toEqual([
    'STAT /a',
    'OPEN /a',
    'READ /a',
    'READ /a',
    'CLOSE /a',
    'STAT /a',
  ])
})

test('a file that can be fetched once is fetched, and one that was cut is not opened again', async () => {
  const files = { '/once': patterned(700_000) }
  await using opened = await openedSftp({ files, extensions: false }, { reconnect: true })
  const { sftp, server } = opened
  // Once it is open, the server answers nothing else about it.
  const other = /^(?:STAT|LSTAT|FSTAT|SETSTAT|FSETSTAT|REALPATH|OPENDIR|OPEN)/
  server.fail({ on: other, after: 2, times: Infinity, do: { status: 4 } })
  expect(Buffer.from(await sftp.readFile('/once')).equals(patterned(700_000))).toBe(true)
  await using again = await openedSftp({ files }, { reconnect: true })
  again.server.fail({ on: 'READ', after: 2, do: 'drop' })
  const error = await failureOf(again.sftp.download('/once', () => {}))
  expect(error['code']).toBe('NET_CONN_CLOSED')
  expect(error['retry']).not.toBe('safe')
  expect(again.requests().filter((line) => line === 'OPEN /once')).toHaveLength(1)
})

test('what is no regular file is not opened', async () => {
  await using opened = await openedSftp({
    files: {
      '/pipe': { type: 'pipe' },
      '/socket': { type: 'socket' },
      '/device': { type: 'character' },
      '/folder/x': 'x',
      '/link': { link: 'pipe' },
    },
  })
  const { sftp } = opened
  const names = ['pipe', 'socket', 'device', 'link']
  expect(await codesOf(names.map((name) => sftp.readFile(`/${name}`)))).toEqual(
    names.map(() => 'NET_UNSUPPORTED'),
  )
  expect(await codesOf([sftp.readFile('/folder')])).toEqual(['NET_BAD_NAME'])
  expect((await failureOf(sftp.readFile('/pipe'))).message).toContain('a named pipe')
  expect(opened.requests().filter((line) => line.startsWith('OPEN'))).toEqual([])
})

test('where a look is refused, the file is opened all the same', async () => {
  await using opened = await openedSftp({ files: { '/a': patterned(600_000) } })
  for (const status of [3, 4, 8]) {
    opened.server.fail({ on: 'STAT', do: { status } })
    expect(Buffer.from(await opened.sftp.readFile('/a')).equals(patterned(600_000))).toBe(true)
  }
})

test('[H-SSH-17] a file that is shorter than was told is no whole file', async () => {
  await using opened = await openedSftp({ files: { '/a': patterned(700_000) } })
  const { sftp, server } = opened
  const local = join(mkdtempSync(join(tmpdir(), 'net-')), 'a')
  server.fail({ on: 'READ', after: 1, times: 5, do: { status: 1 } })
  const error = await failureOf(sftp.download('/a', toFile(join(local, '../b'))))
  expect(error).toMatchObject({ code: 'NET_PROTO_INCOMPLETE', expected: 700_000 })
  expect(() => statSync(join(local, '../b'))).toThrow('ENOENT')
})

test('[H-SSH-17] a file whose size is not told, or told too small, is read to its end', async () => {
  const bytes = patterned(300_000)
  await using opened = await openedSftp({ files: { '/proc': bytes } })
  const { sftp, server } = opened
  server.files.lieAbout('/proc', 0)
  expect(Buffer.from(await sftp.readFile('/proc')).equals(bytes)).toBe(true)
  server.files.lieAbout('/proc', 10)
  expect(Buffer.from(await sftp.readFile('/proc')).equals(bytes)).toBe(true)
  expect(await sftp.download('/proc', () => {})).toMatchObject({ size: 300_000, verified: false })
  server.files.lieAbout('/proc', 400_000)
  expect(await codesOf([sftp.readFile('/proc')])).toEqual(['NET_PROTO_INCOMPLETE'])
})

test('[H-SSH-16] answers that are no answers end the session', async () => {
  for (const action of ['empty', 'long', 'wrong-id', 'twice', 'cut', 'kind', 'garbage'] as const) {
    await using opened = await openedSftp({ files: { '/a': patterned(600_000) } })
    opened.server.fail({ on: 'READ', do: action })
    const error = await failureOf(opened.sftp.readFile('/a'))
    expect([action, error['code']]).toEqual([action, expect.stringMatching(/^NET_PROTO_/)])
    expect(await opened.sftp.closed).toMatchObject({ code: error['code'] })
    expect((await opened.host.exec('x')).exitCode).toBe(127)
  }
})

test('answers that are short are asked for again', async () => {
  await using opened = await openedSftp({ files: { '/a': patterned(600_000) } })
  opened.server.fail({ on: 'READ', times: 20, do: 'short' })
  expect(Buffer.from(await opened.sftp.readFile('/a')).equals(patterned(600_000))).toBe(true)
})

test('answers may come in any order', async () => {
  await using opened = await openedSftp({ files: { '/a': patterned(3_000_000) }, shuffles: true })
  opened.server.fail({ on: 'READ', times: 3, do: { delay: 5 } })
  expect(Buffer.from(await opened.sftp.readFile('/a')).equals(patterned(3_000_000))).toBe(true)
})

test('a refusal in the middle is told, and nothing of it passes for whole', async () => {
  await using opened = await openedSftp({ files: { '/a': patterned(2_000_000) } })
  const folder = mkdtempSync(join(tmpdir(), 'net-'))
  opened.server.fail({ on: 'READ', after: 2, do: { status: 4, text: 'disk error' } })
  const error = await failureOf(opened.sftp.download('/a', toFile(join(folder, 'a'))))
  expect(error).toMatchObject({ code: 'NET_REPLY_PERMANENT', reply: { text: 'disk error' } })
  expect(() => statSync(join(folder, 'a'))).toThrow('ENOENT')
  expect(await opened.sftp.size('/a')).toBe(2_000_000)
})

test('a download goes on behind what an earlier one has left', async () => {
  await using opened = await openedSftp({ files: { '/a': patterned(2_000_000) } })
  const { sftp, server } = opened
  const local = join(mkdtempSync(join(tmpdir(), 'net-')), 'a')
  server.fail({ on: 'READ', after: 3, do: { status: 4 } })
  const sink = toFile(local, { keepPart: true })
  const error = await failureOf(sftp.download('/a', sink))
  const kept = statSync(`${local}.part`).size
  expect([kept > 0, error['received']]).toEqual([true, kept])
  const result = await sftp.download('/a', sink, { resume: true })
  expect(result).toEqual({ transferred: 2_000_000 - kept, size: 2_000_000, verified: true })
  expect(readFileSync(local).equals(patterned(2_000_000))).toBe(true)
  writeFileSync(`${local}.part`, patterned(3_000_000))
  expect(await codesOf([sftp.download('/a', sink, { resume: true })])).toEqual([
    'NET_SIZE_MISMATCH',
  ])
})

test('a part of a file that has changed meanwhile is not gone on with', async () => {
  await using opened = await openedSftp({ files: { '/a': patterned(2_000_000) } })
  const { sftp, server } = opened
  const local = join(mkdtempSync(join(tmpdir(), 'net-')), 'a')
  const sink = toFile(local, { keepPart: true })
  server.fail({ on: 'READ', after: 3, do: { status: 4 } })
  await failureOf(sftp.download('/a', sink))
  expect(statSync(`${local}.part`).size).toBeGreaterThan(0)
  await sftp.writeFile('/a', Buffer.alloc(2_000_000, 1))
  await sftp.setModified('/a', 1_500_000_000_000)
  const result = await sftp.download('/a', sink, { resume: true })
  expect(result).toMatchObject({ transferred: 2_000_000, verified: true })
  expect(readFileSync(local).equals(Buffer.alloc(2_000_000, 1))).toBe(true)
  writeFileSync(`${local}.part`, patterned(1000))
  expect(await sftp.download('/a', sink, { resume: true })).toMatchObject({
    transferred: 2_000_000,
  })
})

test('times and the mode are kept where that is asked for', async () => {
  await using opened = await openedSftp({ files: { '/a': 'x' } })
  const { sftp } = opened
  await sftp.setTimes('/a', 1_600_000_000_000, 1_500_000_000_000)
  await sftp.setMode('/a', 0o640)
  const local = join(mkdtempSync(join(tmpdir(), 'net-')), 'a')
  await sftp.download('/a', toFile(local), { preserve: true })
  const { mtimeMs, atimeMs, mode } = statSync(local)
  expect([mtimeMs, atimeMs, mode & 0o777]).toEqual([1_500_000_000_000, 1_600_000_000_000, 0o640])
})

test('what others may not read there, they may not read here while it is fetched', async () => {
  await using opened = await openedSftp({ files: { '/a': 'x' } })
  const { sftp, server } = opened
  await sftp.setMode('/a', 0o440)
  using clock = useFakeClock()
  server.fail({ on: 'READ', do: { delay: 20 } })
  const local = join(mkdtempSync(join(tmpdir(), 'net-')), 'a')
  const fetching = sftp.download('/a', toFile(local), { preserve: true })
  await expect.poll(() => server.requests).toContain('READ /a')
  expect(statSync(`${local}.part`).mode & 0o777).toBe(0o640)
  await clock.advance(20)
  await fetching
  expect(statSync(local).mode & 0o777).toBe(0o440)
})

test('[H-SSH-27] a local target that cannot be written is told, and the session goes on', async () => {
  await using opened = await openedSftp({ files: { '/a': patterned(2_000_000) } })
  const { sftp } = opened
  const folder = mkdtempSync(join(tmpdir(), 'net-'))
  const failing = (): void => {
    throw new Error('the disk is full')
  }
  expect(await codesOf([sftp.download('/a', toFile(join(folder, 'none/a')))])).toEqual([
    'NET_LOCAL_IO',
  ])
  expect((await failureOf(sftp.download('/a', failing))).message).toContain('the disk is full')
  writeFileSync(join(folder, 'old'), 'old')
  opened.server.fail({ on: 'READ', after: 1, do: { status: 4 } })
  await failureOf(sftp.download('/a', toFile(join(folder, 'old'))))
  expect(readFileSync(join(folder, 'old'), 'utf8')).toBe('old')
  expect(await sftp.size('/a')).toBe(2_000_000)
  expect(opened.requests().filter((line) => line === 'CLOSE /a').length).toBeGreaterThan(1)
})

test('a file that grows while it is read ends with what it had', async () => {
  await using opened = await openedSftp({ files: { '/log': patterned(500_000) } })
  const { sftp, server } = opened
  const sink = (): void => server.files.append('/log', 'more')
  expect(await sftp.download('/log', sink)).toEqual({
    transferred: 500_000,
    size: 500_000,
    verified: true,
    changed: true,
  })
})

test('[SSH-54] runs of zeros are left out of a local file where that is asked for, and what is resumed ends equal', async () => {
  const bytes = Buffer.alloc(3_000_000)
  bytes.write('begin')
  bytes.write('middle', 1_500_000)
  await using opened = await openedSftp({ files: { '/a': bytes } })
  const folder = mkdtempSync(join(tmpdir(), 'net-sftp-'))
  const local = join(folder, 'a')
  writeFileSync(`${local}.part`, bytes.subarray(0, 600_001))
  for (const resume of [true, false]) {
    await opened.sftp.download('/a', toFile(local), { sparse: true, resume })
    expect(readFileSync(local).equals(bytes)).toBe(true)
  }
  if (process.platform === 'linux') expect(statSync(local).blocks * 512).toBeLessThan(1_500_000)
})

test('a download into a sink that takes nothing ends with a client that is closed', async () => {
  await using opened = await openedSftp({ files: { '/a': patterned(100_000) } })
  const taking = Promise.withResolvers<void>()
  const stuck = (): Promise<void> => {
    taking.resolve()
    return new Promise(() => {})
  }
  const cut = failureOf(opened.sftp.download('/a', stuck))
  await taking.promise
  await opened.sftp.close({ grace: 0 })
  expect(await cut).toMatchObject({ code: 'NET_CLOSED' })
})

test('a download into a sink that takes nothing ends 2 s behind the loss of its connection', async () => {
  await using opened = await openedSftp({ files: { '/a': patterned(700_000) } })
  opened.server.fail({ on: 'READ', after: 2, do: 'drop' })
  using clock = useFakeClock()
  let code: unknown
  void failureOf(opened.sftp.download('/a', () => new Promise(() => {}))).then((error) => {
    code = error['code']
  })
  await opened.sftp.closed
  await clock.advance(1999)
  expect(code).toBeUndefined()
  await clock.advance(1)
  await expect.poll(() => code).toBe('NET_CONN_CLOSED')
})
