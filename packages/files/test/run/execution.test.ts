import type { RemoteFiles } from '@net/core'
import { netError } from '@net/core/authoring'
import { localFiles, memoryFiles, mirror } from '@net/files'
import { faultyFiles } from '@net/files/testing'
import { expect, onTestFinished, test } from 'vitest'

import { testFolder } from '../local/folder.ts'
import { contentsOf } from '@net/files/testing'

test('folders come first, then files, then those that are to be last, then what is removed', async () => {
  const order: string[] = []
  const inner = memoryFiles({ contents: { 'old/x': '', 'index.html': 'old' } })
  const to = faultyFiles(inner, {
    at: ({ call, passed, path }) => {
      if (passed === undefined && ['mkdir', 'rename', 'remove'].includes(call))
        order.push(`${call} ${path.replace(/\.net-.*/, '')}`)
    },
  })
  const from = memoryFiles({ contents: { 'index.html': 'newer', 'assets/app.js': '1' } })
  await mirror(from, to, { delete: 'all', last: ['index.html'] })
  expect(order).toEqual([
    'mkdir assets',
    'rename assets/app.js',
    'rename index.html',
    'remove old/x',
    'remove old',
  ])
})

test.each([Number.NaN, -1])('a file is sent though its tree says %d of its size', async (size) => {
  const from = memoryFiles({ contents: { a: 'text', b: 'more' } })
  const list = from.list.bind(from)
  from.list = async function* (path, options) {
    for await (const entry of list(path, options))
      yield entry.name === 'a' ? { ...entry, size } : entry
  }
  const to = memoryFiles()
  await mirror(from, to)
  expect(await contentsOf(to)).toEqual({ a: 'text', b: 'more' })
})

test('a folder that cannot be made fails what belongs in it, and nothing else', async () => {
  const inner = memoryFiles()
  const to = faultyFiles(inner, {
    at: ({ call, path }) => {
      if (call === 'mkdir' && path === 'in')
        throw netError('NET_ACCESS_DENIED', { message: 'denied' })
    },
  })
  const from = memoryFiles({ contents: { 'in/a': '', 'in/deep/b': '', 'other/c': '1', d: '2' } })
  const error: unknown = await mirror(from, to).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ partial: { failed: 4, made: 3 } })
  expect(await contentsOf(inner)).toEqual({ 'other/': '', 'other/c': '1', d: '2' })
})

test('three files in a row without space end the sending, and the rest is told as not tried', async () => {
  let tried = 0
  const inner = memoryFiles({ contents: { old: '' } })
  const to = faultyFiles(inner, {
    at: ({ call, passed }) => {
      if (call !== 'write' || passed === undefined) return
      tried++
      throw netError('NET_NO_SPACE', { message: 'the disk is full' })
    },
  })
  const names = Array.from({ length: 20 }, (_, index) => `file-${index}`)
  const from = memoryFiles({ contents: Object.fromEntries(names.map((name) => [name, 'x'])) })
  const error: unknown = await mirror(from, to, { concurrency: 1 }).catch(
    (thrown: unknown) => thrown,
  )
  expect(error).toMatchObject({ partial: { failed: 20 } })
  expect(tried).toBe(3)
})

test('[H-FTP-24] a server that restarts in the middle costs nothing: the cut file is resumed, and each is reported', async () => {
  const inner = memoryFiles()
  let down = 0
  const sent: string[] = []
  const to = faultyFiles(inner, {
    at: ({ call, passed, path }) => {
      if (call === 'write' && passed === 2 && path.startsWith('file-7')) down = 3
      if (down > 0) {
        down--
        throw netError('NET_CONN_RESET', { message: 'the server restarts' })
      }
      if (call === 'write' && passed === undefined) sent.push(path.slice(0, 7))
    },
  })
  const names = Array.from({ length: 20 }, (_, index) => `file-${index}`)
  const contents = Object.fromEntries(names.map((name) => [name, name.repeat(30_000)]))
  const report = await mirror(memoryFiles({ contents }), to, {
    concurrency: 1,
    retry: { attempts: 5, delay: 0, jitter: 'none' },
    delete: true,
  })
  expect(report).toMatchObject({ made: 20, failed: 0 })
  expect(report.entries).toHaveLength(20)
  expect(report.entries.find(({ path }) => path === 'file-7')?.transferred).toBeLessThan(180_000)
  expect(await contentsOf(inner)).toEqual(contents)
})

test('an abort ends it, and what was sent is whole', async () => {
  const controller = new AbortController()
  const inner = memoryFiles({ contents: { b: 'old' } })
  const to = faultyFiles(inner, {
    at: ({ call, passed, path }) => {
      if (call === 'write' && passed === 0 && path.startsWith('b')) controller.abort()
    },
  })
  const from = memoryFiles({ contents: { a: 'new a', b: 'new b', c: 'new c' } })
  const { signal } = controller
  await expect(mirror(from, to, { signal, concurrency: 1 })).rejects.toThrow(
    expect.objectContaining({ code: 'NET_ABORTED' }),
  )
  expect(await contentsOf(inner)).toMatchObject({ a: 'new a', b: 'old' })
  expect(await contentsOf(inner)).not.toHaveProperty('c')
})

const kinds = ['file', 'folder', 'link'] as const
type Kind = (typeof kinds)[number]

/** Where pairs of trees are, each with `it` of its kind beside a folder `real`, to which the links lead. */
const places = {
  memory: async (): Promise<RemoteFiles> => memoryFiles(),
  'a local folder': async (): Promise<RemoteFiles> => {
    const folder = await testFolder()
    onTestFinished(() => folder[Symbol.asyncDispose]())
    return localFiles(folder.path)
  },
}

async function filled(files: RemoteFiles, kind: Kind, text: string): Promise<RemoteFiles> {
  await files.mkdir('real')
  await files.write('real/x', Buffer.from(text))
  if (kind === 'file') await files.write('it', Buffer.from('a file'))
  else if (kind === 'link') await files.symlink('real', 'it')
  else {
    await files.mkdir('it')
    await files.write('it/in', Buffer.from('in a folder'))
  }
  return files
}

const cases = (Object.keys(places) as (keyof typeof places)[]).flatMap((place) =>
  (['keep', 'follow', 'skip'] as const).map((symlinks) => ({ place, symlinks })),
)

test.each(cases)(
  'all nine pairs of file, folder and link, from and to $place, with links: $symlinks',
  async ({ place, symlinks }) => {
    for (const wanted of kinds) {
      for (const old of kinds) {
        const [here, there] = [memoryFiles(), await places[place]()]
        for (const [first, second] of [
          [here, there],
          [await places[place](), memoryFiles()],
        ] as const) {
          const from = await filled(first, wanted, 'of the source')
          const to = await filled(second, old, 'of another one')
          await mirror(from, to, { symlinks, delete: 'all' })
          const [expected, found] = [await contentsOf(from), await contentsOf(to)]
          if (wanted === 'link' && symlinks === 'follow')
            expect(found).toMatchObject({ 'it/x': 'of the source' })
          else if (wanted === 'link' && symlinks === 'skip')
            expect(found['real/x']).toBe('of the source')
          else expect(found).toEqual(expected)
          expect(found['real/x']).toBe('of the source')
        }
      }
    }
  },
)

test.each(cases)(
  'without delete another type stays as it is and is told, and the rest goes on, to $place, with links: $symlinks',
  async ({ place, symlinks }) => {
    for (const wanted of kinds) {
      // What a link is taken for.
      const become = wanted === 'link' && symlinks === 'follow' ? 'folder' : wanted
      if (wanted === 'link' && symlinks === 'skip') continue
      for (const old of kinds.filter((kind) => kind !== become)) {
        const from = await filled(memoryFiles(), wanted, 'of the source')
        const to = await filled(await places[place](), old, 'of another one')
        const before = await contentsOf(to)
        const error: unknown = await mirror(from, to, { symlinks }).catch(
          (thrown: unknown) => thrown,
        )
        expect(error).toMatchObject({
          code: 'NET_PARTIAL_TRANSFER',
          errors: [{ code: 'NET_EXISTS' }],
        })
        expect(await contentsOf(to)).toEqual({ ...before, 'real/x': 'of the source' })
      }
    }
  },
)

test('where nothing can be renamed a link is made under its own name, and no part is left', async () => {
  const from = memoryFiles()
  await from.symlink('new', 'a')
  await from.symlink('new', 'b')
  await from.symlink('new', 'c')
  const to = memoryFiles({ contents: { 'b/file': '' }, can: { rename: 'none' } })
  await to.symlink('old', 'a')
  await mirror(from, to, { symlinks: 'keep', delete: 'all' })
  const entries = await Array.fromAsync(to.list(''))
  const found = Object.fromEntries(entries.map(({ name, target }) => [name, target]))
  expect(found).toEqual({ a: 'new', b: 'new', c: 'new' })
})
