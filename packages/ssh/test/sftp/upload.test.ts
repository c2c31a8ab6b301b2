import { mkdtempSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'

import { fromFile } from '@net/core'
import { captureEvents, useFakeClock } from '@net/core/testing'
import { SftpTree } from '@net/ssh/testing'

import { partName } from '../../src/sftp/upload.ts'
import { failureOf } from '../embedded.ts'
import { codesOf, openedSftp, patterned } from './opened.ts'

test('an upload asks for nothing but the place of its data', async () => {
  await using opened = await openedSftp({ files: { '/in/old': 'x' }, extensions: false })
  const { sftp } = opened
  await sftp.writeFile('/in/new', 'x')
  expect(opened.requests()).toEqual([
    'LSTAT /in/new',
    'OPEN /in/new.part',
    'WRITE /in/new.part',
    'FSTAT /in/new.part',
    'CLOSE /in/new.part',
    'RENAME /in/new.part /in/new',
  ])
  await sftp.writeFile('/in/new', 'x', { inPlace: true })
  expect(opened.requests()).toEqual([
    'OPEN /in/new',
    'WRITE /in/new',
    'FSTAT /in/new',
    'CLOSE /in/new',
  ])
})

test('a file is opened to be written alone, and with no attributes', async () => {
  const asked: unknown[] = []
  class Tree extends SftpTree {
    override open(...[path, how]: Parameters<SftpTree['open']>): ReturnType<SftpTree['open']> {
      asked.push(how)
      return super.open(path, how)
    }
  }
  await using opened = await openedSftp({ files: new Tree() })
  await opened.sftp.writeFile('/a', 'x')
  await opened.sftp.writeFile('/a', 'y', { inPlace: true })
  const plain = { reads: false, writes: true, creates: true, truncates: true, exclusive: false }
  expect(asked).toMatchObject([plain, plain])
  // That of the file that is replaced, so that a private one stays private.
  expect(asked.map((how) => (how as { mode?: number }).mode)).toEqual([undefined, undefined])
})

test('a private file that is replaced stays private, and a new one gets the mode that was asked for', async () => {
  await using opened = await openedSftp({ files: { '/a': 'old' } })
  const { sftp, server } = opened
  await sftp.setMode('/a', 0o600)
  await sftp.writeFile('/a', 'new')
  await sftp.writeFile('/b', 'new', { mode: 0o640 })
  expect([server.files.mode('/a'), server.files.mode('/b'), server.files.text('/a')]).toEqual([
    0o600,
    0o640,
    'new',
  ])
  expect(opened.requests().filter((line) => line.startsWith('FSETSTAT'))).toEqual([])
})

test.each([
  'what an earlier one has left may be read by all',
  'the server gives a new one its own mode',
])(
  'a private file that is replaced stays private where %s, before a byte of it is there',
  async (why) => {
    class Tree extends SftpTree {
      override open(...[path, how]: Parameters<SftpTree['open']>): ReturnType<SftpTree['open']> {
        return super.open(path, { ...how, mode: why.includes('left') ? how.mode : 0o644 })
      }
    }
    const files = new Tree({
      '/a': 'old',
      ...(why.includes('left') ? { '/a.part': 'of old' } : {}),
    })
    await using opened = await openedSftp({ files })
    const { sftp, server } = opened
    await sftp.setMode('/a', 0o600)
    opened.requests()
    await sftp.writeFile('/a', 'new')
    expect([server.files.mode('/a'), server.files.text('/a')]).toEqual([0o600, 'new'])
    const requests = opened.requests()
    expect(requests.indexOf('FSETSTAT /a.part')).toBeLessThan(requests.indexOf('WRITE /a.part'))
    await sftp.copy('/a', '/b')
    expect(server.files.mode('/b')).toBe(0o600)
    server.fail({ on: 'FSETSTAT', do: { status: 3 } })
    server.files.put('/c.part', 'of old')
    using captured = captureEvents()
    await sftp.writeFile('/c', 'new', { mode: 0o600 })
    expect(
      captured
        .of('operation')
        .flatMap(({ state, message }) => (state === 'warning' ? [message] : [])),
    ).toEqual([expect.stringContaining('others may be able to read /c.part')])
  },
)

test('what the server decides at the end counts', async () => {
  await using opened = await openedSftp({ files: { '/a': 'old' } })
  const { sftp, server } = opened
  for (const [status, text, code] of [
    [4, 'quota exceeded', 'NET_NO_SPACE'],
    [3, '', 'NET_ACCESS_DENIED'],
    [4, '', 'NET_REPLY_PERMANENT'],
  ] as const) {
    server.fail({ on: 'CLOSE', do: { status, text } })
    expect(await codesOf([sftp.writeFile('/a', 'new')])).toEqual([code])
    expect(server.files.text('/a')).toBe('old')
  }
  server.fail({ on: 'CLOSE', do: 'drop' })
  const lost = await failureOf(sftp.writeFile('/a', 'new', { retry: false }))
  expect(lost).toMatchObject({ code: 'NET_CONN_CLOSED', retry: 'idempotent' })
  expect(server.files.text('/a')).toBe('old')
})

test('a file that cannot be looked at afterwards has arrived', async () => {
  await using opened = await openedSftp()
  const { sftp, server } = opened
  for (const status of [2, 3, 4, 8]) {
    server.fail({ on: 'FSTAT', do: { status } })
    server.fail({ on: 'LSTAT', do: { status: 3 } })
    expect(await sftp.writeFile('/a', 'new')).toEqual({ transferred: 3, size: 3, verified: false })
  }
  server.fail({ on: 'WRITE', do: 'forgets' })
  expect(await codesOf([sftp.writeFile('/a', 'lost', { retry: false })])).toEqual([
    'NET_SIZE_MISMATCH',
  ])
  expect(server.files.text('/a')).toBe('new')
})

test('a file whose size the server does not tell, or that is taken away as soon as it is there, has arrived', async () => {
  class Tree extends SftpTree {
    override async open(
      ...[path, how]: Parameters<SftpTree['open']>
    ): Promise<Awaited<ReturnType<SftpTree['open']>>> {
      const file = await super.open(path, how)
      file.stat = async () => ({ permissions: 0o100644 })
      const close = file.close.bind(file)
      file.close = async () => {
        await close()
        if (path.endsWith('taken')) await this.remove(path)
      }
      return file
    }

    override async rename(...[from, to, replace]: Parameters<SftpTree['rename']>): Promise<void> {
      await super.rename(from, to, replace)
      if (to.endsWith('taken')) await this.remove(to)
    }
  }
  await using opened = await openedSftp({ files: new Tree() })
  const { sftp, server } = opened
  const arrived = { transferred: 1, size: 1, verified: false }
  expect(await sftp.writeFile('/a', 'x')).toEqual(arrived)
  expect(await sftp.writeFile('/taken', 'x')).toEqual(arrived)
  expect(await sftp.writeFile('/taken', 'x', { inPlace: true })).toEqual(arrived)
  expect(server.files.paths()).toEqual(['/a'])
})

test('the first refusal is the reason, whatever follows', async () => {
  await using opened = await openedSftp()
  const { sftp, server } = opened
  server.fail({ on: 'WRITE', after: 4, do: { status: 15 } })
  server.fail({ on: 'WRITE', after: 4, times: 2, do: { status: 4 } })
  server.fail({ on: 'WRITE', after: 6, do: 'drop' })
  let given = 0
  const source = async function* source(): AsyncGenerator<Uint8Array> {
    for (; given < 400; given++) yield Buffer.alloc(65_536)
  }
  const error = await failureOf(sftp.upload(source, '/a', { retry: false }))
  expect(error).toMatchObject({ code: 'NET_NO_SPACE', status: 15 })
  expect(given).toBeLessThan(400)
})

test('what is left of a failed upload is removed, and kept where it is to be resumed', async () => {
  await using opened = await openedSftp()
  const { sftp, server } = opened
  server.fail({ on: 'WRITE', after: 3, do: { status: 4 } })
  expect(await codesOf([sftp.writeFile('/a', patterned(600_000))])).toEqual(['NET_REPLY_PERMANENT'])
  // The call does not wait for it.
  await expect.poll(() => server.files.paths()).toEqual([])
  server.fail({ on: 'WRITE', after: 3, do: { status: 4 } })
  const error = await failureOf(sftp.writeFile('/a', patterned(600_000), { resume: true }))
  // What lies behind the gap is cut off.
  await expect.poll(() => server.files.read('/a.part').length).toBe(error['received'])
  opened.requests()
  expect(await sftp.writeFile('/a', patterned(600_000), { resume: true })).toMatchObject({
    size: 600_000,
    transferred: 600_000 - Number(error['received']),
  })
  expect(Buffer.from(server.files.read('/a')).equals(patterned(600_000))).toBe(true)
})

test('a folder is no file, and a link stays', async () => {
  await using opened = await openedSftp({
    files: { '/in/x': 'x', '/real/a': 'old', '/link': { link: 'real/a' } },
  })
  const { sftp, server } = opened
  expect(
    await codesOf([sftp.writeFile('/in', 'x'), sftp.writeFile('/in', 'x', { inPlace: true })]),
  ).toEqual(['NET_BAD_NAME', 'NET_BAD_NAME'])
  await sftp.writeFile('/link', 'new')
  expect([server.files.text('/real/a'), await sftp.readLink('/link')]).toEqual(['new', 'real/a'])
})

test('times and the mode are those of the local file where that is asked for', async () => {
  await using opened = await openedSftp()
  const { sftp, server } = opened
  const local = join(mkdtempSync(join(tmpdir(), 'net-')), 'a')
  writeFileSync(local, 'x', { mode: 0o640 })
  utimesSync(local, 1_600_000_000.999, 1_500_000_000.999)
  await sftp.upload(fromFile(local), '/a', { preserve: true })
  expect(await sftp.stat('/a')).toMatchObject({
    mode: 0o640,
    modified: 1_500_000_000_000,
    accessed: 1_600_000_000_000,
  })
  for (const status of [3, 8]) {
    server.fail({ on: 'SETSTAT', do: { status } })
    const error = await failureOf(sftp.upload(fromFile(local), '/b', { preserve: true }))
    expect(error).toMatchObject({ operation: 'setModified', retry: 'never', status })
    expect(server.files.text('/b')).toBe('x')
  }
})

test('a time that SFTP has not is told before a byte is sent', async () => {
  await using opened = await openedSftp()
  const local = join(mkdtempSync(join(tmpdir(), 'net-')), 'a')
  writeFileSync(local, 'x')
  utimesSync(local, new Date(0), new Date(-86_400_000))
  opened.requests()
  const call = opened.sftp.upload(fromFile(local), '/a', { preserve: true })
  expect(await codesOf([call])).toEqual(['NET_BAD_OPTION'])
  expect(opened.requests()).toEqual([])
})

test('what others may not read here, they may not read there while it is sent', async () => {
  const asked: unknown[] = []
  class Tree extends SftpTree {
    override open(...[path, how]: Parameters<SftpTree['open']>): ReturnType<SftpTree['open']> {
      asked.push(how.mode)
      return super.open(path, how)
    }
  }
  await using opened = await openedSftp({ files: new Tree() })
  const local = join(mkdtempSync(join(tmpdir(), 'net-')), 'local')
  writeFileSync(local, 'x', { mode: 0o440 })
  await opened.sftp.upload(fromFile(local), '/a', { preserve: true })
  expect([asked, opened.server.files.mode('/a')]).toEqual([[0o640], 0o440])
})

test('[SSH-54] runs of zeros are left out where that is asked for', async () => {
  await using opened = await openedSftp()
  const { sftp, server } = opened
  const bytes = Buffer.alloc(2_000_000)
  bytes.write('begin')
  bytes.write('middle', 1_000_000)
  await sftp.writeFile('/a', bytes, { sparse: true })
  expect(Buffer.from(server.files.read('/a')).equals(bytes)).toBe(true)
  const writes = opened.requests().filter((line) => line.startsWith('WRITE'))
  expect(writes.length).toBeLessThan(4)
})

test('a file that the server says it has cut or filled up, and has not, is not whole', async () => {
  await using opened = await openedSftp()
  const { sftp, server } = opened
  server.fail({ on: 'FSETSTAT', do: 'forgets' })
  const bytes = Buffer.alloc(300_000)
  bytes.write('begin')
  expect(await codesOf([sftp.writeFile('/a', bytes, { sparse: true, retry: false })])).toEqual([
    'NET_SIZE_MISMATCH',
  ])
})

test('a name that has no room for more is cut for the time of the transfer', async () => {
  expect([partName('in/a'), partName('a'), partName('/a'), partName('./a')]).toEqual([
    'in/a.part',
    'a.part',
    '/a.part',
    './a.part',
  ])
  await using opened = await openedSftp()
  const name = `/${'é'.repeat(127)}`
  await opened.sftp.writeFile(name, 'x')
  expect(opened.server.files.paths()).toEqual([name])
})

test('an abort leaves neither the file nor a part of it', async () => {
  await using opened = await openedSftp({ files: { '/a': 'old' } })
  const { sftp, server } = opened
  const controller = new AbortController()
  let isClosed = false
  const source = async function* endless(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        yield Buffer.alloc(100_000)
        if (server.requests.some((line) => line.startsWith('WRITE'))) controller.abort()
      }
    } finally {
      isClosed = true
    }
  }
  const error = await failureOf(sftp.upload(source, '/a', { signal: controller.signal }))
  expect([error['code'], isClosed]).toEqual(['NET_ABORTED', true])
  await sftp.close()
  expect([server.files.paths(), server.files.text('/a'), server.leftOpen]).toEqual([
    ['/a'],
    'old',
    0,
  ])
})

test('what a stopped upload has left is gone when its client is closed at once', async () => {
  await using opened = await openedSftp({ shuffles: true })
  const { sftp, server } = opened
  using clock = useFakeClock()
  const controller = new AbortController()
  server.fail({ on: 'WRITE', do: { delay: 20 } })
  const stopped = failureOf(sftp.writeFile('/a', 'new', { signal: controller.signal }))
  await expect.poll(() => server.requests).toContain('WRITE /a.part')
  controller.abort()
  expect(await stopped).toMatchObject({ code: 'NET_ABORTED' })
  const closing = sftp.close()
  // As long as the end would need.
  for (let round = 0; round < 20; round++) await new Promise((done) => setImmediate(done))
  await clock.advance(20)
  await closing
  expect([server.files.paths(), server.leftOpen]).toEqual([[], 0])
})

test('an upload that is stopped while its file is opened, or refused at its end, leaves no part', async () => {
  await using opened = await openedSftp()
  const { sftp, server } = opened
  using clock = useFakeClock()
  const controller = new AbortController()
  server.fail({ on: 'OPEN', do: { delay: 20 } })
  const stopped = failureOf(sftp.writeFile('/a', 'new', { signal: controller.signal }))
  await expect.poll(() => server.requests).toContain('OPEN /a.part')
  controller.abort()
  expect(await stopped).toMatchObject({ code: 'NET_ABORTED' })
  await clock.advance(20)
  await expect.poll(() => server.requests).toContain('REMOVE /a.part')
  server.fail({ on: 'CLOSE', do: { status: 3 } })
  expect(await codesOf([sftp.writeFile('/a', 'new')])).toEqual(['NET_ACCESS_DENIED'])
  await sftp.close()
  expect(server.files.paths()).toEqual([])
})

test('an upload ends with its session, and with a refusal, also while its source gives nothing', async () => {
  await using opened = await openedSftp({ files: { '/a': 'old' } })
  const { host, server } = opened
  const silent = async function* silent(): AsyncGenerator<Uint8Array> {
    yield patterned(100_000)
    await new Promise(() => {})
  }
  const first = await host.sftp()
  const begun = Promise.withResolvers<void>()
  const cut = failureOf(
    first.upload(silent(), '/a', {
      onProgress: ({ transferred }) => void (transferred > 0 && begun.resolve()),
    }),
  )
  await begun.promise
  await first.close({ grace: 0 })
  expect(await cut).toMatchObject({ code: 'NET_CLOSED' })
  server.fail({ on: 'WRITE', do: { status: 4, text: 'no space left' } })
  expect(await failureOf(opened.sftp.upload(silent(), '/b'))).toMatchObject({
    code: 'NET_NO_SPACE',
  })
  expect(server.files.text('/a')).toBe('old')
})
