import type { CallOptions, RemoteEntry, RemoteFiles } from '@net/core'
import { SMALL_FILES } from '@net/core/authoring'
import { connect } from '@net/ftp'
import { startFtpServer, type FtpServer, type FtpServerOptions } from '@net/ftp/testing'
import { expect, test } from 'vitest'

import type { SmallWrite } from '../src/small-files.ts'

interface Small {
  write(path: string, bytes: Uint8Array, options: SmallWrite): Promise<RemoteEntry | undefined>
}

interface OpenedTree extends AsyncDisposable {
  readonly server: FtpServer
  readonly tree: RemoteFiles
  readonly small: Small
}

async function openedTree(options: FtpServerOptions = {}): Promise<OpenedTree> {
  const server = await startFtpServer({ files: { '/in/old': 'x' }, ...options })
  const client = await connect(server.url)
  const tree = client.files('/in')
  const { [SMALL_FILES]: small } = tree as RemoteFiles & { readonly [SMALL_FILES]: Small }
  return {
    server,
    tree,
    small,
    async [Symbol.asyncDispose]() {
      await client.close({ grace: 100 })
      await server.close()
    },
  }
}

const plain: SmallWrite & CallOptions = { mode: undefined, modified: undefined }
const time = 1_000_000_999

test('a file is written with its time in one call, and a server that is known to set it is believed', async () => {
  await using opened = await openedTree()
  const { server, small, tree } = opened
  await small.write('first', Buffer.from('x'), { ...plain, modified: time })
  const before = server.received.length
  const made = await small.write('old', Buffer.from('text'), { ...plain, modified: time })
  const entry = { name: 'old', path: 'old', type: 'file', size: 4, modified: 1_000_000_000 }
  expect(made).toEqual(entry)
  const words = server.received.slice(before).map((line) => line.split(' ')[0])
  expect(words).toEqual(['EPSV', 'STOR', 'SIZE', 'MFMT'])
  expect(await tree.stat('old')).toMatchObject(entry)
})

test('with a mode, and where no size is told, it has to be written otherwise', async () => {
  await using opened = await openedTree()
  const { server, small } = opened
  expect(await small.write('a', Buffer.from('x'), { ...plain, mode: 0o600 })).toBeUndefined()
  server.fail({ on: 'SIZE', do: { reply: '502 not known' } })
  expect(await small.write('a', Buffer.from('x'), plain)).toBeUndefined()
  expect(await small.write('a', Buffer.from('x'), plain)).toBeUndefined()
})

test('the server says what failed, and no path leads out of the tree', async () => {
  await using opened = await openedTree()
  const { server, small } = opened
  server.fail({ on: 'STOR', do: { reply: '552 the disk is full' } })
  await expect(small.write('a', Buffer.from('x'), plain)).rejects.toMatchObject({
    code: 'NET_NO_SPACE',
  })
  await expect(small.write('../a', Buffer.from('x'), plain)).rejects.toMatchObject({
    code: 'NET_BAD_NAME',
  })
})

test('a file of which the server refuses the time is there without it', async () => {
  await using opened = await openedTree()
  const { server, small } = opened
  server.fail({ on: 'MFMT', do: { reply: '550 Operation not permitted.' } })
  const entry = await small.write('a', Buffer.from('x'), { ...plain, modified: 5000 })
  expect(entry).toMatchObject({ path: 'a', size: 1 })
  expect(entry).not.toHaveProperty('modified')
  server.fail({ on: 'MFMT', do: 'reset' })
  await expect(
    small.write('b', Buffer.from('x'), { ...plain, modified: 5000 }),
  ).rejects.toMatchObject({ name: 'ConnectionLostError' })
})
