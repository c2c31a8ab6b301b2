import type { RemoteFiles } from '@net/core'
import { netError } from '@net/core/authoring'
import { mirror, type MirrorOptions, type TreeReport } from '@net/files'
import { faultyFiles } from '@net/files/testing'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { contentsOf } from '@net/files/testing'
import {
  contentsIn,
  HIDDEN,
  memoryOf,
  mirrored,
  options,
  tree,
  type ModelOptions,
  type ModelTree,
} from './tree-model.ts'

const numRuns = process.env['NET_SOAK'] === undefined ? 50 : 500

function optionsOf(given: ModelOptions): MirrorOptions {
  return {
    delete: given.delete ? 'all' : false,
    exclude: given.exclude ? [HIDDEN] : [],
    compare: given.compare,
    retry: false,
    concurrency: 3,
  }
}

/** What a run reports, also where some of it failed. */
async function run(from: RemoteFiles, to: RemoteFiles, given: ModelOptions): Promise<TreeReport> {
  try {
    return await mirror(from, to, optionsOf(given))
  } catch (error) {
    const partial: unknown = Reflect.get(error as Error, 'partial')
    if (partial === undefined) throw error
    return partial as TreeReport
  }
}

test('a mirror makes the target what the model says, and a second run moves nothing', async () => {
  await fc.assert(
    fc.asyncProperty(tree, tree, options, async (source, target, given) => {
      const [from, to] = [await memoryOf(source), await memoryOf(target)]
      const plan = await mirror(from, to, { ...optionsOf(given), dryRun: true })
      expect(await contentsOf(to)).toEqual(contentsIn(target))
      const first = await run(from, to, given)
      expect(await contentsOf(to)).toEqual(contentsIn(mirrored(source, target, given)))
      expect(summaryOf(plan)).toEqual(summaryOf(first))
      const second = await run(from, to, given)
      expect(second).toMatchObject({
        made: 0,
        replaced: 0,
        adjusted: 0,
        removed: 0,
        transferred: 0,
      })
    }),
    { numRuns },
  )
})

function summaryOf({ entries }: TreeReport): readonly string[] {
  return entries.map(({ action, path, why }) => `${path} ${action} ${why}`).toSorted()
}

test('after a fault at any call of either side a further run ends equal, and no file was ever short', async () => {
  await fc.assert(
    fc.asyncProperty(tree, tree, options, fc.nat(), async (source, target, given, seed) => {
      const expected = contentsIn(mirrored(source, target, given))
      const allowed = [contentsIn(source), contentsIn(target)]
      const [from, to] = [await memoryOf(source), await memoryOf(target)]
      let moments = 0
      const count = (files: RemoteFiles): RemoteFiles =>
        faultyFiles(files, { at: () => void moments++ })
      await run(count(await memoryOf(source)), count(await memoryOf(target)), given)
      const broken = 1 + (seed % moments)
      moments = 0
      const breakOne = (files: RemoteFiles): RemoteFiles =>
        faultyFiles(files, {
          at: async ({ call }) => {
            if (++moments === broken) throw netError('NET_CONN_RESET', { message: 'a fault' })
            if (files === to && CHANGES.has(call)) await expectWhole(to, allowed)
          },
        })
      await run(breakOne(from), breakOne(to), given).catch(() => {})
      await expectWhole(to, allowed)
      await run(from, to, given)
      expect(await contentsOf(to)).toEqual(expected)
    }),
    { numRuns },
  )
})

/** Every file has what it has in the source, or had on the target; parts aside. */
async function expectWhole(
  to: RemoteFiles,
  allowed: readonly Record<string, string>[],
): Promise<void> {
  for (const [path, content] of Object.entries(await contentsOf(to))) {
    if (path.endsWith('/') || path.includes('.part')) continue
    const isWhole = allowed.some((each) => each[path] === content)
    if (!isWhole) expect(`${path}: ${content.length} bytes`).toBe('whole')
  }
}

test('a poor target, which ignores letter case, ends as the source where no names clash', async () => {
  const lower = tree.filter(
    (model) => !Object.keys(contentsIn(model)).some((path) => /A/.test(path)),
  )
  const can = {
    times: false,
    readOffsets: false,
    writeOffsets: false,
    rename: 'none',
    links: false,
    modes: false,
    hashes: [],
    calls: 1,
    letterCase: 'ignored',
  } as const
  await fc.assert(
    fc.asyncProperty(lower, async (source: ModelTree) => {
      const [from, to] = [await memoryOf(source), await memoryOf({}, { calls: 1 })]
      const poor = (await import('@net/files')).memoryFiles({ can })
      const given = { delete: true, exclude: false, compare: 'time' } as const
      await run(from, poor, given)
      expect(await contentsOf(poor)).toEqual(contentsIn(source))
      expect(await run(from, poor, given)).toMatchObject({ made: 0, replaced: 0, removed: 0 })
      await run(poor, to, given)
      expect(await contentsOf(to)).toEqual(contentsIn(source))
    }),
    { numRuns },
  )
})

const CHANGES: ReadonlySet<string> = new Set(['write', 'rename', 'remove', 'copyWithin'])
