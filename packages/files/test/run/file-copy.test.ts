import { chmod, link, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'

import { fromText, type RemoteFiles } from '@net/core'
import { netError, operation } from '@net/core/authoring'
import { localFiles, memoryFiles, mirror } from '@net/files'
import { faultyFiles, type TreeMoment } from '@net/files/testing'
import { expect, test } from 'vitest'

import { partName } from '../../src/plan/part-name.ts'
import type { PlanStep } from '../../src/plan/plan-step.ts'
import type { CopiedFile } from '../../src/run/copied-file.ts'
import { copyFile } from '../../src/run/file-copy.ts'
import type { RouteParts } from '../../src/run/route.ts'
import { testFolder } from '../local/folder.ts'
import { contentsOf } from '@net/files/testing'
import { onRoute } from './route-of.ts'

const retry = { attempts: 3, delay: 0, jitter: 'none' } as const

async function copied(
  from: RemoteFiles,
  to: RemoteFiles,
  more: Partial<RouteParts> = {},
  details: Partial<PlanStep> = {},
): Promise<CopiedFile> {
  const source = await from.stat('a')
  const step: PlanStep = {
    path: 'a',
    to: 'a',
    type: 'file',
    action: 'make',
    why: 'missing',
    source,
    ...details,
  }
  return onRoute(from, to, (route) => copyFile(route, step, async () => {}), more)
}

/** A tree of which one moment fails, once. */
function failing(files: RemoteFiles, where: (moment: TreeMoment) => boolean): RemoteFiles {
  let failed = false
  return faultyFiles(files, {
    at: (moment) => {
      if (failed || !where(moment)) return
      failed = true
      throw netError('NET_CONN_RESET', { message: 'reset' })
    },
  })
}

const whole = 'x'.repeat(100_000) + 'y'.repeat(100_000)

test('after a loss the next attempt goes on with the part', async () => {
  const from = memoryFiles({ contents: { a: whole } })
  const inner = memoryFiles()
  const to = failing(inner, ({ call, passed }) => call === 'write' && passed === 2)
  const { transferred } = await copied(from, to, { retry })
  expect(transferred).toBeLessThan(whole.length)
  expect(await contentsOf(inner)).toEqual({ a: whole })
})

test('a source that is another one behind a loss is sent from the start', async () => {
  const source = memoryFiles({ contents: { a: whole } })
  const inner = memoryFiles()
  const other = 'z'.repeat(whole.length)
  const to = faultyFiles(inner, {
    at: async ({ call, passed }) => {
      if (call !== 'write' || passed !== 2 || (await source.stat('a')).modified === 1) return
      await source.write('a', fromText(other))
      await source.setModified('a', 1)
      throw netError('NET_CONN_RESET', { message: 'reset' })
    },
  })
  await copied(source, to, { retry })
  expect((await contentsOf(inner))['a']).toBe(other)
})

test('[H-FTP-14] a file that changes while it is read is told, and never takes the name', async () => {
  const source = memoryFiles({ contents: { a: whole } })
  const from = faultyFiles(source, {
    at: async ({ call, passed }) => {
      if (call === 'read' && passed === 1) await source.setModified('a', 1)
    },
  })
  const to = memoryFiles({ contents: { a: 'old' } })
  await expect(copied(from, to)).rejects.toThrow('was changed while it was read')
  expect((await contentsOf(to))['a']).toBe('old')
})

test('a copy of another size or content never takes the name', async () => {
  const from = memoryFiles({ contents: { a: 'content' } })
  const to = memoryFiles()
  const spoil = (text: string): RemoteFiles =>
    faultyFiles(to, {
      at: async ({ call, passed, path }) => {
        if (call === 'write' && passed === 1) await to.write(path, fromText(text))
      },
    })
  await expect(copied(from, spoil('conten'))).rejects.toThrow(
    expect.objectContaining({ code: 'NET_SIZE_MISMATCH' }),
  )
  await expect(copied(from, spoil('CONTENT'), { verify: 'hash' })).rejects.toThrow(
    expect.objectContaining({ code: 'NET_CHECKSUM_MISMATCH' }),
  )
  expect(await contentsOf(to)).toEqual({})
})

test('a file that is replaced keeps its mode and takes the time', async () => {
  const from = memoryFiles({ contents: { a: 'new' } })
  const to = memoryFiles({ contents: { a: 'old' } })
  await to.setMode('a', 0o750)
  const target = await to.stat('a')
  await copied(from, to, {}, { action: 'replace', why: 'size', target, modified: 1000 })
  expect(await to.stat('a')).toMatchObject({ mode: 0o750, modified: 1000, size: 3 })
})

test('a target that cannot rename is written to under the name itself', async () => {
  const to = memoryFiles({ can: { rename: 'none' } })
  await copied(memoryFiles({ contents: { a: 'text' } }), to)
  expect(await contentsOf(to)).toEqual({ a: 'text' })
})

test('a source that changes between two attempts leaves no part of its older version', async () => {
  const source = memoryFiles({ contents: { a: whole } })
  const inner = memoryFiles()
  const to = failing(inner, ({ call, passed }) => call === 'write' && passed === 2)
  const from = faultyFiles(source, {
    at: async ({ call, number }) => {
      // Behind the loss the source is looked at anew.
      if (call === 'stat' && number > 2) await source.setModified('a', 1)
    },
  })
  await copied(from, to, { retry })
  expect(await contentsOf(inner)).toEqual({ a: whole })
})

test.each([
  ['the file that is replaced', 0o600, { action: 'replace', why: 'size' }, 0o600],
  ['the group alone may read', 0o640, { action: 'replace', why: 'size' }, 0o640],
  ['the source, whose mode is copied', 0o600, { mode: 0o600 }, 0o600],
  ['the source, whose mode is not copied', 0o660, {}, 0o640],
] as const)('what is private is so before it has a byte: %s', async (_, mode, details, end) => {
  const from = memoryFiles({ contents: { a: whole } })
  const inner = memoryFiles({ contents: { a: 'old' } })
  await ('action' in details ? inner : from).setMode('a', mode)
  const seen = new Set<number>()
  const to = faultyFiles(inner, {
    at: async ({ call, path, passed = 0 }) => {
      if (call !== 'write' || passed === 0) return
      const { mode: now = 0, size = 0 } = await inner.stat(path)
      if (size > 0) seen.add(now)
    },
  })
  const target = await inner.stat('a')
  await copied(from, to, {}, { target, ...details })
  expect([...seen].filter((each) => (each & 0o077 & ~mode) !== 0)).toEqual([])
  expect(seen.size).toBeGreaterThan(0)
  expect((await inner.stat('a')).mode).toBe(end)
})

test('another process that begins with the same part takes nothing from a file that gets its name', async () => {
  await using folder = await testFolder()
  const source = memoryFiles({ contents: { a: whole } })
  const shared = partName('a', await source.stat('a'), 255)
  const from = faultyFiles(source, {
    at: async ({ call, number }) => {
      if (call !== 'stat' || number === 1) return
      // The part is whole, and was looked at: now the other one opens it.
      if ((await readdir(folder.path)).includes(shared)) await writeFile(folder.at(shared), 'begun')
    },
  })
  await copied(from, localFiles(folder.path))
  expect(await readFile(folder.at('a'), 'utf8')).toBe(whole)
})

test('two runs of one process write no part at the same time, and one that is stopped takes nothing from the other', async () => {
  for (let round = 0; round < 20; round++) {
    const from = memoryFiles({ contents: { a: whole } })
    const to = memoryFiles()
    const stop = new AbortController()
    let chunks = 0
    const stopped = mirror(
      faultyFiles(from, {
        at: ({ call }) => void (call === 'read' && ++chunks === 2 + (round % 4) && stop.abort()),
      }),
      to,
      { signal: stop.signal, retry: false },
    ).catch((error: unknown) => error)
    const other = mirror(from, to, { retry: false })
    await Promise.all([stopped, other])
    expect(await contentsOf(to)).toMatchObject({ a: whole })
  }
})

test('a private local file arrives as one, in one go and with a bandwidth', async () => {
  await using from = await testFolder()
  await writeFile(from.at('a'), 'secret', { mode: 0o600 })
  for (const bandwidth of [undefined, 1_000_000]) {
    await using to = await testFolder()
    await mirror(localFiles(from.path), localFiles(to.path), { bandwidth })
    expect((await stat(to.at('a'))).mode & 0o777).toBe(0o600)
  }
})

test('a part of a private file on this machine is never one that others can open', async () => {
  await using folder = await testFolder()
  await writeFile(folder.at('a'), 'old', { mode: 0o600 })
  const inner = localFiles(folder.path)
  const seen = new Set<number>()
  const looking = new Proxy(inner, {
    get(tree, name) {
      const value: unknown = Reflect.get(tree, name)
      if (typeof value !== 'function' || typeof name === 'symbol') return value
      return async (...given: unknown[]): Promise<unknown> => {
        const result: unknown = await Reflect.apply(value, tree, given)
        for (const each of await readdir(folder.path)) {
          if (each !== 'a') seen.add((await stat(folder.at(each))).mode & 0o077)
        }
        return result
      }
    },
  })
  const target = await inner.stat('a')
  const from = memoryFiles({ contents: { a: whole } })
  await copied(from, looking, {}, { action: 'replace', why: 'size', target })
  expect([...seen]).toEqual([0])
  expect(await readFile(folder.at('a'), 'utf8')).toBe(whole)
})

const large = Buffer.alloc(33 * 1024 * 1024, '0123456789abcdef')

/** What another process may do to the part while a run writes it. */
const others: readonly (readonly [string, (part: string) => Promise<void>])[] = [
  ['takes it aside', (part) => rename(part, `${part}-aside`)],
  [
    'begins it anew',
    async (part) => {
      await rm(part)
      await writeFile(part, '')
    },
  ],
  [
    'puts a whole one of its own in its place',
    async (part) => {
      await rm(part)
      await writeFile(part, Buffer.alloc(large.length))
    },
  ],
]

test.each(
  others.flatMap(([name, change]) =>
    [large, Buffer.from(whole)].map((bytes) => ({ name, change, bytes, size: bytes.length })),
  ),
)(
  'a file of $size bytes has all of them if another process $name while it is written',
  async ({ bytes, change }) => {
    await using folder = await testFolder()
    let chunks = 0
    const from = faultyFiles(memoryFiles({ contents: { a: bytes } }), {
      at: async ({ call, passed }) => {
        if (call !== 'read' || passed === undefined) return
        if (++chunks !== Math.min(3, Math.ceil(bytes.length / 65_536))) return
        for (const name of await readdir(folder.path)) await change(folder.at(name))
      },
    })
    await copied(from, localFiles(folder.path))
    expect(bytes.equals(await readFile(folder.at('a')))).toBe(true)
  },
)

test('what an earlier run left of a file of this machine is gone on with in a file of our own', async () => {
  await using folder = await testFolder()
  const files = localFiles(folder.path)
  const source = memoryFiles({ contents: { a: whole } })
  const cut = failing(source, ({ call, passed }) => call === 'read' && passed === 1)
  await expect(copied(cut, files)).rejects.toThrow('reset')
  const [part = ''] = await readdir(folder.path)
  await chmod(folder.at(part), 0o640)
  // Another process is at work with it yet.
  await link(folder.at(part), folder.at('theirs'))
  const before = await readFile(folder.at('theirs'))
  const { transferred } = await copied(source, files, {}, { part: await files.stat(part) })
  expect(transferred).toBe(whole.length - before.length)
  expect(await readFile(folder.at('a'), 'utf8')).toBe(whole)
  expect(before.equals(await readFile(folder.at('theirs')))).toBe(true)
  expect((await stat(folder.at('a'))).mode & 0o777).toBe(0o640)
  expect((await readdir(folder.path)).toSorted()).toEqual(['a', 'theirs'])
})

test.each([
  ['has gone for good is asked once for each file', false, 3],
  ['connects again is asked as often as the repeats say', true, 9],
])('a tree whose client %s', async (_what, usable, asked) => {
  const source = memoryFiles({ contents: { a: 'x', b: 'x', c: 'x' } })
  const spec = { protocol: 'test', operation: 'read', target: 'x', kind: 'exchange' } as const
  let reads = 0
  const from = faultyFiles(source, {
    at: ({ call }) => {
      if (call !== 'read') return undefined
      reads += 1
      const lost = netError('NET_CONN_RESET', { message: 'reset', retry: 'safe' })
      return operation({ ...spec, usable: () => usable }, { retry: false }, (op) =>
        op.attempt(() => Promise.reject(lost)),
      )
    },
  })
  await expect(mirror(from, memoryFiles(), { retry })).rejects.toMatchObject({
    code: 'NET_PARTIAL_TRANSFER',
  })
  expect(reads).toBe(asked)
})
