import { expect, test } from 'vitest'

import { useFakeClock } from '@net/core/testing'

import { SftpTree } from '@net/ssh/testing'

import { codesOf, openedSftp, patterned } from './opened.ts'

/** Writes at the offset that it is told, as servers in Go do, whatever the file was opened for. */
class OffsetTree extends SftpTree {
  override open(...[path, how]: Parameters<SftpTree['open']>): ReturnType<SftpTree['open']> {
    return super.open(path, { ...how, appends: false })
  }
}

test('[SSH-56] what is open is read and written in parts that are larger than one request', async () => {
  await using opened = await openedSftp()
  const { sftp, server } = opened
  const bytes = patterned(1_000_000)
  await using file = await sftp.open('/a', 'w+')
  await file.write(bytes)
  expect(file.position).toBe(1_000_000)
  await file.write('end')
  file.position = 500_000
  expect(
    Buffer.from(await file.read(600_000))
      .toString()
      .endsWith('end'),
  ).toBe(true)
  expect(file.position).toBe(1_000_003)
  expect(await file.read(10)).toHaveLength(0)
  const parts = await file.readv(
    Array.from({ length: 30 }, (_, at) => ({ position: at * 30_000, length: 1000 })),
  )
  for (const [at, part] of parts.entries()) {
    expect(Buffer.compare(part, bytes.subarray(at * 30_000, at * 30_000 + 1000))).toBe(0)
  }
  expect(server.files.read('/a')).toHaveLength(1_000_003)
})

test('what is opened to add is written at the end', async () => {
  await using opened = await openedSftp({ files: { '/a': 'old' } })
  await using file = await opened.sftp.open('/a', 'a')
  await file.write('new', 0)
  expect(opened.server.files.text('/a')).toBe('oldnew')
})

test('what is added stands at the end, also where the server looks at the offset alone', async () => {
  const files = new OffsetTree({ '/a': 'old' })
  await using opened = await openedSftp({ files, ssh: { quirks: { software: 'Go' } } })
  await using file = await opened.sftp.open('/a', 'a+')
  const read = file.read(3, 0)
  await Promise.all([file.write('one'), file.write('two', 0)])
  files.append('/a', 'other')
  await file.write('three')
  expect(files.text('/a')).toBe('oldonetwootherthree')
  expect(Buffer.from(await read).toString()).toBe('old')
})

test('a write that is given up while the server is asked how much it takes is never sent', async () => {
  await using opened = await openedSftp()
  const { sftp, server } = opened
  const file = await sftp.open('/a', 'w')
  using clock = useFakeClock()
  server.fail({ on: 'limits@openssh.com', do: { delay: 100 } })
  const stop = new AbortController()
  const bytes = Buffer.from('old')
  const writing = codesOf([file.write(bytes, 0, { signal: stop.signal })])
  await expect.poll(() => server.requests).toContain('limits@openssh.com')
  stop.abort()
  expect(await writing).toEqual(['NET_ABORTED'])
  bytes.write('new')
  await clock.advance(100)
  await file.write('x', 5)
  await file.commit()
  expect(opened.requests().filter((line) => line.startsWith('WRITE'))).toHaveLength(1)
  expect(server.files.text('/a')).toBe('\0\0\0\0\0x')
})

test('what is added by several calls at once stands one behind the other, whole', async () => {
  await using opened = await openedSftp({ files: { '/a': '' } })
  await using file = await opened.sftp.open('/a', 'a+')
  const parts = ['a', 'b', 'c'].map((letter) => Buffer.alloc(200_000, letter))
  const stop = new AbortController()
  const writing = codesOf([
    ...parts.map((part) => file.write(part)),
    file.write('never', undefined, { signal: stop.signal }),
    file.write('end'),
  ])
  stop.abort()
  expect(await writing).toEqual(['done', 'done', 'done', 'NET_ABORTED', 'done'])
  const whole = Buffer.concat([...parts, Buffer.from('end')])
  expect(Buffer.compare(opened.server.files.read('/a'), whole)).toBe(0)
})

test('attributes are set by the handle, and the end of a file is told', async () => {
  await using opened = await openedSftp({ files: { '/a': '12345' } })
  const { sftp, server } = opened
  const file = await sftp.open('/a', 'r+')
  await file.setMode(0o600)
  await file.setTimes(1_600_000_000_000, 1_500_000_000_000)
  await file.truncate(3)
  expect(await file.stat()).toMatchObject({ mode: 0o600, modified: 1_500_000_000_000, size: 3 })
  server.fail({ on: 'CLOSE', do: { status: 4, text: 'quota exceeded' } })
  expect(await codesOf([file.commit()])).toEqual(['NET_NO_SPACE'])
  await file.close()
  expect(await codesOf([file.stat()])).toEqual(['NET_CLOSED'])
})

test('a request of the wrong kind is no file that is missing', async () => {
  await using opened = await openedSftp({ files: { '/a': '12345' } })
  await using file = await opened.sftp.open('/a', 'r')
  expect(await codesOf([file.write('x')])).toEqual(['NET_REPLY_PERMANENT'])
  expect(await codesOf([file.read(-1), file.read(1, -1)])).toEqual([
    'NET_BAD_OPTION',
    'NET_BAD_OPTION',
  ])
})

test('calls without a position go on behind each other, also where none is waited for', async () => {
  await using opened = await openedSftp({ files: { '/r': '0123456789' } })
  const { sftp, server } = opened
  const file = await sftp.open('/w', 'w')
  await Promise.all(['aaa', 'bb', 'c'].map((text) => file.write(text)))
  await file.close()
  expect(server.files.text('/w')).toBe('aaabbc')
  await using read = await sftp.open('/r')
  const pieces = await Promise.all([read.read(4), read.read(4), read.read(4)])
  expect(pieces.map((bytes) => Buffer.from(bytes).toString())).toEqual(['0123', '4567', '89'])
  expect(read.position).toBe(10)
})

test('a call that fails leaves the position where it was, for the one that asks again', async () => {
  await using opened = await openedSftp({ files: { '/r': '0123456789' } })
  const { sftp, server } = opened
  await using read = await sftp.open('/r')
  const ended = { signal: AbortSignal.abort() }
  const wrong = { timeout: 'soon' } as unknown as object
  server.fail({ on: 'READ', do: { status: 4 } })
  expect(
    await codesOf([read.read(4), read.read(4, undefined, ended), read.read(4, undefined, wrong)]),
  ).toEqual(['NET_REPLY_PERMANENT', 'NET_ABORTED', 'NET_BAD_OPTION'])
  expect(read.position).toBe(0)
  expect(Buffer.from(await read.read(4)).toString()).toBe('0123')
  const file = await sftp.open('/w', 'w')
  await file.write('aaa')
  server.fail({ on: 'WRITE', do: { status: 4 } })
  const refused = [
    file.write('bb'),
    file.write('bb', undefined, ended),
    file.write(5 as unknown as string),
  ]
  expect(await codesOf(refused)).toEqual(['NET_REPLY_PERMANENT', 'NET_ABORTED', 'NET_BAD_OPTION'])
  await file.write('bb')
  await file.close()
  expect(server.files.text('/w')).toBe('aaabb')
})

test('a call that fails behind which others went on moves nobody back', async () => {
  await using opened = await openedSftp({ files: { '/r': '0123456789' } })
  const { sftp, server } = opened
  await using read = await sftp.open('/r')
  server.fail({ on: 'READ', do: { status: 4 } })
  const [first, second] = await Promise.allSettled([read.read(4), read.read(4)])
  expect([first, second]).toMatchObject([{ status: 'rejected' }, { status: 'fulfilled' }])
  expect(Buffer.from(await read.read(4)).toString()).toBe('89')
})

test.each(['close', 'commit'] as const)('%s comes behind what is under way', async (how) => {
  await using opened = await openedSftp()
  const { sftp, server } = opened
  const file = await sftp.open('/w', 'w')
  const writes = [file.write('a'.repeat(400_000)), file.write('b')]
  const wrong = { timeout: 'soon' } as unknown as object
  if (how === 'commit') expect(await codesOf([file.commit(wrong)])).toEqual(['NET_BAD_OPTION'])
  const ended = file[how]()
  expect(await codesOf([file.write('late'), ...writes, ended])).toEqual([
    'NET_CLOSED',
    'done',
    'done',
    'done',
  ])
  expect(server.files.read('/w')).toHaveLength(400_001)
  expect(await codesOf([file.read(1), file.close()])).toEqual(['NET_CLOSED', 'done'])
})

test('what is given up in the turn in which it is asked changes nothing on the server', async () => {
  await using opened = await openedSftp({ files: { '/a': 'old' } })
  const { sftp, server } = opened
  const calls: ((options: { readonly signal: AbortSignal }) => Promise<unknown>)[] = [
    (options) => sftp.open('/a', 'w', options),
    (options) => sftp.remove('/a', options),
    (options) => sftp.truncate('/a', 0, options),
    (options) => sftp.writeFile('/a', 'new', { inPlace: true, ...options }),
    (options) => sftp.rename('/a', '/b', { replace: true, ...options }),
  ]
  for (const call of calls) {
    opened.requests()
    const stop = new AbortController()
    const given = codesOf([call({ signal: stop.signal })])
    stop.abort()
    expect(await given).toEqual(['NET_ABORTED'])
    await sftp.exists('/')
    expect(opened.requests()).toEqual(['STAT /'])
    expect(server.files.text('/a')).toBe('old')
  }
})
