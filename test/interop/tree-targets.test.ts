// What must hold for a tree on whatever server, with servers of ours: names that lead elsewhere, what is excluded, and what takes
// the place of what.
import { expect, test } from 'vitest'

import { isNetError, type RemoteEntry, type RemoteFiles } from '@net/core'
import { memoryFiles, mirror, type TreeReport } from '@net/files'
import * as ftp from '@net/ftp'
import { startFtpServer } from '@net/ftp/testing'
import * as ssh from '@net/ssh'
import { startSftpServer } from '@net/ssh/testing'

import { hostileNames } from '@net/files/testing'
import { contentsOf } from '@net/files/testing'

const { fine, leading, odd } = hostileNames

interface Opened extends AsyncDisposable {
  /** The folder `/a/b/root` of a server. */
  readonly files: RemoteFiles
  /** The whole of the server. */
  readonly whole: RemoteFiles
}

const servers = {
  async ftp(): Promise<Opened> {
    const server = await startFtpServer({ files: { '/a/b/root/.keep': '', '/x': 'untouched' } })
    const client = await ftp.connect(server.url)
    return opened((root) => client.files(root), [client, server])
  },
  async sftp(): Promise<Opened> {
    const server = await startSftpServer({
      files: { '/a/b/root/.keep': '', '/x': 'untouched' },
    })
    const hostKeys = ssh.pinned(server.ssh.hostKey.fingerprint)
    const host = await ssh.connect(server.url, { user: 'ada', password: 'lovelace', hostKeys })
    const client = await host.sftp()
    return opened((root) => client.files(root), [host, server])
  },
}

async function opened(
  treeAt: (root: string) => RemoteFiles,
  [client, server]: readonly [AsyncDisposable, AsyncDisposable],
): Promise<Opened> {
  const files = treeAt('/a/b/root')
  await files.remove('.keep')
  return {
    files,
    whole: treeAt('/'),
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]()
      await server[Symbol.asyncDispose]()
    },
  }
}

const kinds = Object.keys(servers) as (keyof typeof servers)[]

test.each(kinds)(
  '[H-FTP-16] %s: of 60 names that lead elsewhere or look like it, nothing is outside, and each is there or told',
  async (kind) => {
    await using target = await servers[kind]()
    const names = [...leading, ...odd, ...fine]
    expect(names.length).toBeGreaterThanOrEqual(60)
    const report = await reportOf(mirror(peerWith(names), target.files, { retry: false }))
    const told = report.entries.filter(({ error }) => error !== undefined).map(({ path }) => path)
    expect(leading.filter((name) => !told.includes(name))).toEqual([])
    const there = Object.keys(await contentsOf(target.files))
    expect(
      [...odd, ...fine].filter((name) => !told.includes(name) && !there.includes(name)),
    ).toEqual([])
    expect(fine.filter((name) => !there.includes(name))).toEqual([])
    const outside = Object.entries(await contentsOf(target.whole)).filter(
      ([path]) => !path.startsWith('a/b/root/'),
    )
    expect(outside).toEqual([
      ['a/', ''],
      ['a/b/', ''],
      ['x', 'untouched'],
    ])
  },
)

test.each(kinds)('%s: what is excluded stays, and the folder that holds it', async (kind) => {
  await using target = await servers[kind]()
  const { files } = target
  for (const [path, text] of Object.entries({
    'data/x': 'own',
    'data/old': '',
    'blog/post': 'own',
  })) {
    await files.mkdir(path.split('/')[0] ?? '', { recursive: true })
    await files.write(path, Buffer.from(text))
  }
  await files.write('gone', Buffer.from(''))
  const source = memoryFiles({ contents: { site: 'new', blog: 'a file there' } })
  const exclude = ['/data/x', '/blog']
  const plan = await mirror(source, files, { exclude, delete: 'all', dryRun: true })
  expect(plan.entries).toContainEqual(
    expect.objectContaining({ path: 'data', action: 'keep', why: 'holds excluded' }),
  )
  const report = await mirror(source, files, { exclude, delete: 'all' })
  expect(report).toMatchObject({ made: 1, removed: 2, failed: 0 })
  expect(await contentsOf(files)).toEqual({
    'blog/': '',
    'blog/post': 'own',
    'data/': '',
    'data/x': 'own',
    site: 'new',
  })
})

const types = ['file', 'folder', 'link'] as const

test.each(['keep', 'follow', 'skip'] as const)(
  'sftp: all nine pairs of file, folder and link, up and down, with links: %s',
  async (symlinks) => {
    for (const wanted of types) {
      for (const old of types) {
        for (const isUp of [true, false]) {
          await using server = await servers.sftp()
          const [from, to] = isUp ? [memoryFiles(), server.files] : [server.files, memoryFiles()]
          await fill(from, wanted, 'of the source')
          await fill(to, old, 'of another one')
          await mirror(from, to, { symlinks, delete: 'all' })
          const found = await contentsOf(to)
          expect(found['real/x']).toBe('of the source')
          if (wanted === 'link' && symlinks === 'follow') {
            expect(found).toMatchObject({ 'it/x': 'of the source' })
          } else if (wanted !== 'link' || symlinks === 'keep') {
            expect(found).toEqual(await contentsOf(from))
          }
        }
      }
    }
  },
)

async function fill(files: RemoteFiles, type: (typeof types)[number], text: string): Promise<void> {
  await files.mkdir('real')
  await files.write('real/x', Buffer.from(text))
  if (type === 'file') await files.write('it', Buffer.from('a file'))
  else if (type === 'link') await files.symlink('real', 'it')
  else {
    await files.mkdir('it')
    await files.write('it/in', Buffer.from('in a folder'))
  }
}

/** A peer that lists whatever it likes, and gives every file the same text. */
function peerWith(names: readonly string[]): RemoteFiles {
  return Object.assign(Object.create(memoryFiles()) as RemoteFiles, {
    name: 'hostile:',
    hash: undefined,
    async *list(): AsyncGenerator<RemoteEntry> {
      for (const name of names) yield { name, path: name, type: 'file', size: 4 }
    },
    stat: async (path: string): Promise<RemoteEntry> =>
      path === ''
        ? { name: '', path, type: 'folder' }
        : { name: path, path, type: 'file', size: 4 },
    async *read(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('text')
    },
    capabilities: () => memoryFiles().capabilities(),
  })
}

async function reportOf(running: Promise<TreeReport>): Promise<TreeReport> {
  try {
    return await running
  } catch (error) {
    if (isNetError(error) && error.partial !== undefined) return error.partial as TreeReport
    throw error
  }
}
