import type { CallOptions, RemoteEntry, RemoteFiles } from '@net/core'
import { SMALL_FILES } from '@net/core/authoring'
import type { SftpFault, SftpServerOptions } from '@net/ssh/testing'
import { expect, test } from 'vitest'

import type { SmallFile, SmallWrite } from '../../src/sftp/small-files.ts'
import { openedSftp, patterned, type OpenedSftp } from './opened.ts'

/** What `@net/files` finds at a tree. */
interface Small {
  readonly most: number
  readonly callsOfTiny: number | undefined
  read(path: string, size: number, options: CallOptions): Promise<SmallFile | undefined>
  write(path: string, bytes: Uint8Array, options: SmallWrite): Promise<RemoteEntry | undefined>
}

interface OpenedTree extends OpenedSftp {
  readonly tree: RemoteFiles
  readonly small: Small
}

/** A tree of a server that says it is OpenSSH. */
async function openedTree(options: SftpServerOptions = {}): Promise<OpenedTree> {
  const openssh = { quirks: { software: 'OpenSSH_9.2p1' } }
  const opened = await openedSftp({ ssh: openssh, ...options })
  const tree = opened.sftp.files('/in')
  const { [SMALL_FILES]: small } = tree as RemoteFiles & { readonly [SMALL_FILES]: Small }
  return { ...opened, tree, small }
}

/** The words of the requests since the last time it was asked. */
function wordsOf(opened: OpenedSftp): readonly string[] {
  return opened.requests().map((line) => line.split(' ')[0] ?? '')
}

const plain = { mode: undefined, modified: undefined }

test('a file is written in two trips, with its time and mode, and read in two', async () => {
  await using opened = await openedTree({ files: { '/in/old': '' } })
  const { small, tree } = opened
  await small.write('first', Buffer.from('x'), plain)
  opened.requests()
  const bytes = patterned(5000)
  const made = await small.write('a', bytes, { mode: 0o600, modified: 1_000_999 })
  const entry = { name: 'a', path: 'a', type: 'file', size: 5000, modified: 1_000_000, mode: 0o600 }
  expect(made).toMatchObject(entry)
  expect(wordsOf(opened)).toEqual(['OPEN', 'WRITE', 'FSETSTAT', 'FSTAT', 'CLOSE'])
  expect(await tree.stat('a')).toMatchObject(entry)
  opened.requests()
  const read = await small.read('a', 5000, {})
  expect(wordsOf(opened)).toEqual(['OPEN', 'READ', 'FSTAT', 'CLOSE'])
  expect(read?.entry).toMatchObject(entry)
  expect(Buffer.from(read!.bytes).equals(bytes)).toBe(true)
})

test('what is there is replaced as a whole, and an empty file is one as well', async () => {
  await using opened = await openedTree({ files: { '/in/a': 'old and longer' } })
  const { small } = opened
  expect(await small.write('a', Buffer.from('new'), plain)).toMatchObject({ size: 3 })
  expect(await small.write('b', Buffer.alloc(0), plain)).toMatchObject({ size: 0 })
  expect((await small.read('a', 3, {}))?.bytes).toEqual(Buffer.from('new'))
  expect((await small.read('b', 0, {}))?.bytes).toHaveLength(0)
})

test('a file that is longer or shorter than it was listed has to be read otherwise', async () => {
  await using opened = await openedTree({ files: { '/in/a': '12345' } })
  expect(await opened.small.read('a', 6, {})).toBeUndefined()
  expect(await opened.small.read('a', 0, {})).toBeUndefined()
  // Its size shows that there is more.
  expect(await opened.small.read('a', 4, {})).toMatchObject({ entry: { size: 5 } })
})

test.each([
  ['software', { ssh: { quirks: { software: 'AsyncSSH_2.14' } } }],
  ['server', { extensions: ['posix-rename@openssh.com'] }],
])('of another %s nothing is asked', async (_, options) => {
  await using opened = await openedTree({ files: { '/in/a': 'x' }, ...options })
  opened.requests()
  expect(await opened.small.read('a', 1, {})).toBeUndefined()
  expect(await opened.small.write('b', Buffer.from('x'), plain)).toBeUndefined()
  expect(opened.requests()).toEqual([])
  expect(opened.small.callsOfTiny).toBeUndefined()
})

test('what is tiny costs little but its trips, so that many are moved at a time', async () => {
  await using opened = await openedTree()
  expect(opened.small.callsOfTiny).toBe(64)
})

test('what is larger than one request of the server has to go otherwise', async () => {
  const extensions = ['fsync@openssh.com']
  await using opened = await openedTree({ files: { '/in/a': patterned(40_000) }, extensions })
  expect(await opened.small.read('a', 40_000, {})).toBeUndefined()
  expect(await opened.small.write('b', patterned(40_000), plain)).toBeUndefined()
})

test('the server says what failed: at the opening, of a byte, at the end', async () => {
  await using opened = await openedTree({ files: { '/in/a': 'x', '/in/folder/b': 'x' } })
  const { server, small } = opened
  const write = (fault?: SftpFault): Promise<unknown> => {
    if (fault !== undefined) server.fail(fault)
    return small.write('b', Buffer.from('text'), { mode: undefined, modified: 1000 })
  }
  await expect(small.read('none', 1, {})).rejects.toMatchObject({ code: 'NET_NOT_FOUND' })
  await expect(small.write('folder', Buffer.from('x'), plain)).rejects.toMatchObject({
    code: 'NET_BAD_NAME',
  })
  await expect(write({ on: 'WRITE', do: { status: 4 } })).rejects.toMatchObject({
    code: 'NET_REPLY_PERMANENT',
  })
  await expect(write({ on: 'CLOSE', do: { status: 4 } })).rejects.toMatchObject({
    code: 'NET_REPLY_PERMANENT',
  })
  expect(await write({ on: 'FSETSTAT', do: { status: 8 } })).toBeUndefined()
  expect(await write({ on: 'FSTAT', do: { status: 8 } })).toBeUndefined()
  expect(await write()).toMatchObject({ size: 4, modified: 1000 })
})

test('a call that is stopped settles, and leaves nothing open', async () => {
  const opened = await openedTree({ files: { '/in/a': 'x' } })
  const { server, small } = opened
  {
    await using _ = opened
    server.fail({ on: 'FSTAT', do: 'stall' })
    const controller = new AbortController()
    const reading = small.read('a', 1, { signal: controller.signal })
    await expect.poll(() => wordsOf(opened)).toContain('CLOSE')
    controller.abort()
    await expect(reading).rejects.toMatchObject({ code: 'NET_ABORTED' })
  }
  expect(server.leftOpen).toBe(0)
})

test('no path leads out of the tree', async () => {
  await using opened = await openedTree({ files: { '/in/a': 'x' } })
  await expect(opened.small.read('../a', 1, {})).rejects.toMatchObject({ code: 'NET_BAD_NAME' })
  await expect(opened.small.write('a/../b', Buffer.alloc(0), plain)).rejects.toMatchObject({
    code: 'NET_BAD_NAME',
  })
})
