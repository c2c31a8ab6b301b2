import { setImmediate as turn } from 'node:timers/promises'

import type { RemoteFiles } from '@net/core'
import { at, memoryFiles } from '@net/files'
import { faultyFiles } from '@net/files/testing'
import { expect, test } from 'vitest'

import { Filter, type FilterOptions } from '../src/filter.ts'
import { Settling } from '../src/plan/settling.ts'
import { scanPair, type ScannedPair } from '../src/scan-pair.ts'
import { Scan } from '../src/scan.ts'
import { countIn, settledIn, type ScannedFolder } from '../src/scanned.ts'
import { rulesWith } from './plan/planning.ts'

async function scanned(
  from: RemoteFiles,
  to: RemoteFiles,
  filter: FilterOptions = {},
): Promise<ScannedPair> {
  const { signal } = new AbortController()
  const scanOf = (files: RemoteFiles): Scan =>
    new Scan(at(files, ''), { filter: new Filter(filter), follow: false, calls: 2, signal })
  return scanPair(scanOf(from), scanOf(to), new Settling(rulesWith({ compare: 'time' })))
}

function paths({ entries }: ScannedFolder, above = ''): readonly string[] {
  return [...entries].flatMap(([name, { folder }]) => [
    `${above}${name}`,
    ...(folder === undefined ? [] : paths(folder, `${above}${name}/`)),
  ])
}

/** A tree with these files, all of one time. */
async function treeOf(contents: Record<string, string>): Promise<RemoteFiles> {
  const files = memoryFiles({ contents })
  for (const path of Object.keys(contents)) await files.setModified(path, 1000)
  return files
}

test('what is the same on both sides is counted and not held', async () => {
  const from = await treeOf({ 'in/a': '1', 'in/deep/b': '2', 'in/deep/c': '3', 'only/d': '4' })
  const to = await treeOf({ 'in/a': '1', 'in/deep/b': '2', 'in/deep/c': 'other', 'old/e': '5' })
  const { source, target } = await scanned(from, to)
  expect(paths(source).toSorted()).toEqual(['in', 'in/deep', 'in/deep/c', 'only', 'only/d'])
  expect(paths(target).toSorted()).toEqual(['in', 'in/deep', 'in/deep/c', 'old', 'old/e'])
  expect([settledIn(source), settledIn(target)]).toEqual([2, 2])
  expect([countIn(source), countIn(target)]).toEqual([7, 7])
})

test('a folder that is there for what was settled in it is not taken for an empty one', async () => {
  const contents = { 'in/a.csv': '1', 'in/b.txt': '2' }
  const { source } = await scanned(await treeOf(contents), await treeOf(contents), {
    include: ['*.csv'],
  })
  expect([paths(source), settledIn(source), source.hides]).toEqual([['in'], 1, true])
})

test('a folder that cannot be listed on one side settles nothing in it', async () => {
  const contents = { 'a/x': '1', 'b/y': '2' }
  const to = faultyFiles(await treeOf(contents), {
    at({ call, path, passed }) {
      if (call === 'list' && path === 'a' && passed === undefined) throw new Error('a fault')
    },
  })
  const { source, target } = await scanned(await treeOf(contents), to)
  expect(paths(source).toSorted()).toEqual(['a', 'a/x', 'b'])
  expect(target.entries.get('a')?.folder?.failure?.code).toBe('NET_INTERNAL')
})

test('neither side runs ahead of the other: what waits for it is held', async () => {
  const contents = Object.fromEntries(
    Array.from({ length: 20 }, (_, index) => [`in-${index}/a`, 'x']),
  )
  const listed: string[] = []
  const from = faultyFiles(await treeOf(contents), {
    at: ({ call, passed, path }) =>
      void (call === 'list' && passed === undefined && listed.push(path)),
  })
  const gate = Promise.withResolvers<void>()
  const to = faultyFiles(await treeOf(contents), {
    at: async ({ call, passed, path }) => {
      if (call === 'list' && passed === undefined && path !== '') await gate.promise
    },
  })
  const scanning = scanned(from, to)
  while (listed.length < 3) await turn()
  for (let turns = 0; turns < 50; turns++) await turn()
  // The root, and two at a time.
  expect(listed).toHaveLength(3)
  gate.resolve()
  expect(settledIn((await scanning).source)).toBe(20)
})
