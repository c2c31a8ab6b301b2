import { Readable, Writable } from 'node:stream'

import { expect, test } from 'vitest'

import { fromFile, fromText } from '@net/core'
import { checkRemoteFiles, useFakeClock } from '@net/core/testing'

import { failureOf, logInTo } from '../embedded.ts'
import { codesOf, openedSftp, patterned } from './opened.ts'

test('[SSH-52] [SSH-53] files go up and down, with progress', async () => {
  await using opened = await openedSftp()
  const { sftp, server } = opened
  const bytes = patterned(1_000_000)
  const seen: number[] = []
  const onProgress = ({ transferred }: { transferred: number }): void => void seen.push(transferred)
  expect(await sftp.upload(bytes, '/a', { onProgress })).toEqual({
    transferred: 1_000_000,
    size: 1_000_000,
    verified: true,
  })
  expect(seen.at(-1)).toBe(1_000_000)
  expect(server.files.read('/a')).toEqual(Uint8Array.from(bytes))
  expect(Buffer.from(await sftp.readFile('/a')).equals(bytes)).toBe(true)
  const chunks: Uint8Array[] = []
  const sink = (chunk: Uint8Array): void => void chunks.push(chunk)
  expect(await sftp.download('/a', sink, { onProgress })).toMatchObject({ verified: true })
  expect(Buffer.concat(chunks).equals(bytes)).toBe(true)
})

test('text is written and added to', async () => {
  await using opened = await openedSftp()
  const { sftp, server } = opened
  await sftp.writeFile('/log', 'eins\n')
  await sftp.appendFile('/log', 'zwei\n')
  await sftp.append(fromText('drei\n'), '/log')
  expect(server.files.text('/log')).toBe('eins\nzwei\ndrei\n')
  await sftp.appendFile('/new', 'x', { mode: 0o600 })
  expect([server.files.text('/new'), server.files.mode('/new')]).toEqual(['x', 0o600])
})

test('a part of a file is read at the pace of a loop, which may be left', async () => {
  await using opened = await openedSftp({ files: { '/a': patterned(2_000_000) } })
  const { sftp, server } = opened
  const some = Buffer.concat(await Array.fromAsync(sftp.read('/a', { start: 10, end: 300_010 })))
  expect(some.equals(patterned(2_000_000).subarray(10, 300_010))).toBe(true)
  for await (const chunk of sftp.read('/a')) if (chunk.length > 0) break
  await sftp.close()
  expect(server.leftOpen).toBe(0)
  expect(await codesOf([sftp.stat('/a')])).toEqual(['NET_CLOSED'])
})

test('[SSH-57] a folder is listed as it comes, and a tree is walked', async () => {
  const files = Object.fromEntries(Array.from({ length: 250 }, (_, at) => [`/many/${at}`, 'x']))
  await using opened = await openedSftp({
    files: { ...files, '/tree/a/b/c.csv': '1', '/tree/a/d.txt': '2', '/tree/.e.csv': '3' },
  })
  const { sftp, server } = opened
  const entries = await Array.fromAsync(sftp.list('/many'))
  expect(entries).toHaveLength(250)
  expect(entries[7]).toMatchObject({ name: '7', path: '/many/7', type: 'file', size: 1, uid: 1000 })
  let seen = 0
  for await (const entry of sftp.list('/many')) if (entry.name !== '' && (seen += 1) === 3) break
  const walked = await Array.fromAsync(sftp.walk('/tree'), ({ path }) => path)
  expect(walked.toSorted()).toEqual([
    '/tree/.e.csv',
    '/tree/a',
    '/tree/a/b',
    '/tree/a/b/c.csv',
    '/tree/a/d.txt',
  ])
  expect(await Array.fromAsync(sftp.glob('/tree/**/*.csv'), ({ path }) => path)).toEqual([
    '/tree/a/b/c.csv',
  ])
  await sftp.close()
  expect(server.leftOpen).toBe(0)
})

test('[SSH-56] an open file is read and written anywhere', async () => {
  await using opened = await openedSftp({ files: { '/a': '0123456789' } })
  const { sftp, server } = opened
  await using file = await sftp.open('/a', 'r+')
  expect(Buffer.from(await file.read(4)).toString()).toBe('0123')
  expect(Buffer.from(await file.read(4)).toString()).toBe('4567')
  await file.write('XY', 2)
  const parts = await file.readv([
    { position: 8, length: 9 },
    { position: 0, length: 4 },
  ])
  expect(parts.map((part) => Buffer.from(part).toString())).toEqual(['89', '01XY'])
  await file.truncate(5)
  expect(await file.stat()).toMatchObject({ size: 5, type: 'file' })
  await file.sync()
  await file.commit()
  expect(await codesOf([file.read(1), file.write('x')])).toEqual(['NET_CLOSED', 'NET_CLOSED'])
  expect(server.files.text('/a')).toBe('01XY4')
  expect(await codesOf([sftp.open('/a', 'wx'), sftp.open('/b', 'r')])).toEqual([
    'NET_EXISTS',
    'NET_NOT_FOUND',
  ])
  const bad = await failureOf(sftp.open('/a', 'q' as never))
  expect(bad.message).toContain("'r', 'r+', 'w', 'wx' or 'a'")
})

test('[SSH-62] [SSH-61] what only OpenSSH has is there where the server names it', async () => {
  await using opened = await openedSftp({ files: { '/a': 'x'.repeat(100_000) } })
  const { sftp, server } = opened
  expect(await sftp.copy('/a', '/b')).toEqual({
    transferred: 100_000,
    size: 100_000,
    verified: true,
  })
  expect(server.files.text('/b')).toBe(server.files.text('/a'))
  await sftp.link('/a', '/hard')
  await sftp.symlink('a', '/soft')
  expect(await sftp.readLink('/soft')).toBe('a')
  expect(await sftp.statvfs('/')).toMatchObject({ size: 4_096_000, longestName: 255 })
  expect(await sftp.realpath('~/x')).toBe('/x')
  await using plain = await openedSftp({ extensions: false, files: { '/a': 'x' } })
  expect(
    await codesOf([
      plain.sftp.copy('/a', '/b'),
      plain.sftp.link('/a', '/b'),
      plain.sftp.statvfs('/'),
    ]),
  ).toEqual(['NET_UNSUPPORTED', 'NET_UNSUPPORTED', 'NET_UNSUPPORTED'])
})

test('wrong arguments are told before a byte is sent', async () => {
  await using opened = await openedSftp()
  const { sftp } = opened
  opened.requests()
  expect(
    await codesOf([
      sftp.stat(''),
      sftp.stat('a\0b'),
      sftp.upload('report.csv' as never, '/a'),
      sftp.upload(fromText('x'), '/a', { preserve: true }),
      sftp.upload(fromText('x'), '/a', { concurrency: 5 } as never),
      sftp.setModified('/a', -1),
      sftp.setModified('/a', 2 ** 33 * 1000),
      sftp.setMode('/a', 0o10000),
      sftp.truncate('/a', -1),
    ]),
  ).toEqual([
    'NET_BAD_OPTION',
    'NET_INJECTION',
    ...Array.from({ length: 7 }, () => 'NET_BAD_OPTION'),
  ])
  expect(() => sftp.glob('')).toThrow(expect.objectContaining({ code: 'NET_BAD_OPTION' }))
  expect(opened.requests()).toEqual([])
  expect(await codesOf([sftp.upload(fromFile('/none/at/all'), '/a')])).toEqual(['NET_LOCAL_IO'])
  expect(opened.requests().filter((line) => line.startsWith('OPEN'))).toEqual([])
})

test('the client closes what is open, and the connection lives on', async () => {
  await using opened = await openedSftp({ files: { '/a': 'x' } })
  const { sftp, server, host } = opened
  await sftp.open('/a')
  await sftp.open('/a', 'r+')
  await sftp.close()
  expect(await sftp.closed).toBeUndefined()
  expect([server.leftOpen, opened.requests().filter((line) => line === 'CLOSE /a').length]).toEqual(
    [0, 2],
  )
  await using again = await host.sftp()
  expect(await again.exists('/a')).toBe(true)
})

test('a close waits for what the server says to the end of each file', async () => {
  await using opened = await openedSftp({ files: { '/a': 'x' } })
  const { sftp, server, host } = opened
  await sftp.open('/a')
  using clock = useFakeClock()
  server.fail({ on: 'CLOSE', do: { delay: 300 } })
  let isClosed = false
  const closing = sftp.close().then(() => (isClosed = true))
  await expect.poll(() => server.requests).toContain('CLOSE /a')
  expect((await host.exec('x')).exitCode).toBe(127)
  expect(isClosed).toBe(false)
  await clock.advance(300)
  await closing
  expect(server.leftOpen).toBe(0)
})

test('a host that closes closes its files first', async () => {
  await using opened = await openedSftp({ files: { '/a': 'x' } })
  const { sftp, server, host } = opened
  await sftp.open('/a', 'a')
  const closing = host.close()
  await closing
  expect([await sftp.closed, server.leftOpen]).toEqual([undefined, 0])
})

test('a folder of the embedded server is a tree as every other', async () => {
  await using opened = await openedSftp()
  const { host, server } = opened
  let number = 0
  await checkRemoteFiles(async () => {
    const root = `/${(number += 1)}`
    server.files.makeFolder(root)
    const sftp = await host.sftp()
    return { files: sftp.files(root), [Symbol.asyncDispose]: () => sftp.close() }
  })
})

test('a lost connection is told by every call', async () => {
  await using opened = await openedSftp({ files: { '/a': patterned(3_000_000) } })
  const { sftp, server } = opened
  server.fail({ on: 'READ', after: 3, do: 'stall' })
  const calls = [sftp.readFile('/a'), Array.fromAsync(sftp.read('/a'))]
  const codes = codesOf(calls)
  const reads = (): number => server.requests.filter((line) => line.startsWith('READ')).length
  await expect.poll(reads).toBeGreaterThan(4)
  await server.ssh.close()
  for (const code of await codes) expect(code).toMatch(/^NET_CONN_/)
  const late = await failureOf(sftp.stat('/a'))
  expect(late).toMatchObject({ code: expect.stringMatching(/^NET_CONN_/), retry: 'safe' })
  expect(await sftp.closed).toMatchObject({ code: expect.stringMatching(/^NET_CONN_/) })
})

test('a session that the server ends is told at once, and reconnect opens another', async () => {
  await using opened = await openedSftp({ files: { '/in/a': 'x' } }, { reconnect: true })
  const { sftp, server, host } = opened
  await sftp.cd('/in')
  server.fail({ on: 'LSTAT', do: 'drop' })
  expect(await codesOf([sftp.lstat('a')])).toEqual(['done'])
  expect(await sftp.size('a')).toBe(1)
  await using plain = await host.sftp()
  server.fail({ on: 'LSTAT', do: 'drop' })
  expect(await codesOf([plain.lstat('/in/a')])).toEqual(['NET_CONN_CLOSED'])
  expect(await plain.closed).toMatchObject({ code: 'NET_CONN_CLOSED' })
  expect(await failureOf(plain.lstat('/in/a'))).toMatchObject({ retry: 'safe', sent: false })
})

test('an abort settles at once, and the session goes on', async () => {
  await using opened = await openedSftp({ files: { '/a': patterned(500_000) } })
  const { sftp, server } = opened
  server.fail({ on: 'READ', do: 'stall' })
  const controller = new AbortController()
  const reading = failureOf(sftp.readFile('/a', { signal: controller.signal }))
  await expect.poll(() => server.requests).toContain('READ /a')
  controller.abort()
  expect(await reading).toMatchObject({ code: 'NET_ABORTED' })
  await using other = await (await logInTo(server.ssh)).sftp()
  expect(await other.size('/a')).toBe(500_000)
})

test('[SSH-63] a file goes from one server to another through us, and memory holds little of it', async () => {
  const bytes = patterned(3_000_000)
  await using from = await openedSftp({ files: { '/a': bytes } })
  await using to = await openedSftp()
  const result = await to.sftp.upload(() => from.sftp.read('/a'), '/b')
  expect(result).toEqual({ transferred: 3_000_000, size: 3_000_000, verified: true })
  expect(Buffer.from(to.server.files.read('/b')).equals(bytes)).toBe(true)
  to.server.fail({ on: 'WRITE', after: 2, do: { status: 4 } })
  const call = to.sftp.upload(() => from.sftp.read('/a'), '/c', { retry: false })
  expect(await codesOf([call])).toEqual(['NET_REPLY_PERMANENT'])
  // What was read from is let go.
  await from.sftp.close()
  expect(from.server.leftOpen).toBe(0)
})

test('a stream belongs to the call that was given it, also where that refuses its path', async () => {
  await using opened = await openedSftp()
  const { sftp, host } = opened
  const calls = [
    [new Readable({ read() {} }), (stream: never) => sftp.upload(stream, 'a\0b')],
    [new Readable({ read() {} }), (stream: never) => sftp.append(stream, 'a\0b')],
    [new Readable({ read() {} }), (stream: never) => sftp.files().write('../a', stream)],
    [new Writable(), (stream: never) => sftp.download('a\0b', stream)],
    [new Readable({ read() {} }), (stream: never) => host.scp.upload(stream, 'a\0b')],
    [new Writable(), (stream: never) => host.scp.download('a\0b', stream)],
  ] as const
  for (const [stream, call] of calls) {
    await expect(call(stream as never)).rejects.toMatchObject({ retry: 'never' })
    expect(stream.listenerCount('error')).toBeGreaterThan(0)
    stream.destroy(new Error('of no interest any more'))
  }
})
