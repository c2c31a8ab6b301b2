import type { RemoteFiles } from '@net/core'
import { LINK_REMOVAL, netError } from '@net/core/authoring'
import { at, memoryFiles, mirror, remove } from '@net/files'
import { expect, test } from 'vitest'

import { contentsOf } from '@net/files/testing'

const contents = { 'in/link/a': '1', 'in/link/deep/b': '2', 'in/c/d': '3', top: '4' }

/** A tree that shows the link `in/link` as a folder, and what was removed. */
function showing(refuse?: () => void): {
  readonly files: RemoteFiles
  readonly removed: readonly string[]
} {
  const inner = memoryFiles({ contents })
  const removed: string[] = []
  let isThere = true
  const list = inner.list.bind(inner)
  const removeOne = inner.remove.bind(inner)
  const files = Object.assign(inner, {
    async *list(path: string) {
      for await (const entry of list(path)) if (isThere || entry.path !== 'in/link') yield entry
    },
    async remove(path: string) {
      removed.push(path)
      // What the link led to is no part of the folder.
      await removeOne(path, { recursive: path === 'in' && !isThere })
    },
    async [LINK_REMOVAL](path: string) {
      refuse?.()
      if (path === 'in/link') isThere = false
      return path === 'in/link'
    },
  })
  return { files, removed }
}

test('a link that is shown as a folder goes before what it leads to is touched', async () => {
  const { files, removed } = showing()
  const { entries, failed } = await remove(at(files, 'in'))
  expect(failed).toBe(0)
  expect(removed).toEqual(['in/c/d', 'in/c', 'in'])
  expect(entries.map(({ path }) => path)).toEqual(['link', 'c/d', 'c', ''])
})

test('so it does in a mirror that deletes', async () => {
  const { files, removed } = showing()
  const source = memoryFiles({ contents: { top: '4' } })
  await mirror(source, files, { delete: 'all' })
  expect(removed).toEqual(['in/c/d', 'in/c', 'in'])
})

test('so it does where a file takes the place of a folder', async () => {
  const { files, removed } = showing()
  const source = memoryFiles({ contents: { in: 'file', top: '4' } })
  await mirror(source, files, { delete: 'all' })
  expect(removed.toSorted()).toEqual(['in', 'in/c', 'in/c/d'])
})

test('nothing is removed below a folder of which it cannot be learnt whether it is a link', async () => {
  const { files, removed } = showing(() => {
    throw netError('NET_CONN_RESET', { message: 'reset' })
  })
  await expect(remove(at(files, 'in'))).rejects.toMatchObject({ code: 'NET_PARTIAL_TRANSFER' })
  expect(removed).toEqual([])
  expect(await contentsOf(files)).toMatchObject(contents)
})

test('a dry run removes no link', async () => {
  const { files } = showing()
  await remove(at(files, 'in'), { dryRun: true })
  expect(await contentsOf(files)).toMatchObject(contents)
})
