import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'

import type { RemoteEntry } from '@net/core'
import { captureEvents } from '@net/core/testing'
import { localFiles, memoryFiles } from '@net/files'
import { eventsOff } from '@tools/canary'
import { expect, test } from 'vitest'

import type { PlanStep } from '../../src/plan/plan-step.ts'
import { carriedFile, copyQuickly } from '../../src/run/quick-files.ts'
import { testFolder, type TestFolder } from '../local/folder.ts'
import { onRoute } from './route-of.ts'

/** Copies the files of `from` to `to` as far as that goes at once; tells what was settled and what is left. */
async function quick(
  folder: TestFolder,
  paths: readonly string[],
  details: Partial<PlanStep> = {},
  signal?: AbortSignal,
): Promise<{ readonly settled: readonly string[]; readonly left: readonly string[] }> {
  const [from, to] = [localFiles(folder.at('from')), localFiles(folder.at('to'))]
  const steps = await Promise.all(
    paths.map(async (path) => ({ ...stepOf(path, await from.stat(path)), ...details })),
  )
  return onRoute(
    from,
    to,
    async (route) => {
      await using _ = route
      const settled: string[] = []
      const left = await copyQuickly(route, steps, (step, { transferred }) => {
        settled.push(`${step.path} ${transferred}`)
        return undefined
      })
      return { settled, left: Array.from(left, ({ path }) => path) }
    },
    signal === undefined ? {} : { signal },
  )
}

function stepOf(path: string, source: RemoteEntry): PlanStep {
  return { path, to: path, type: 'file', action: 'make', why: 'missing', source }
}

async function filled(folder: TestFolder): Promise<void> {
  for (const name of ['from', 'to']) await mkdir(folder.at(name, 'in'), { recursive: true })
  for (const path of ['in/a', 'in/b', 'c']) await writeFile(folder.at('from', path), path)
  await writeFile(folder.at('from/large'), Buffer.alloc(300_000))
}

test.runIf(process.platform === 'linux')(
  'small files of several folders arrive, and the large one is left',
  async () => {
    eventsOff()
    await using folder = await testFolder()
    await filled(folder)
    const { settled, left } = await quick(folder, ['in/a', 'large', 'in/b', 'c'])
    expect(settled).toEqual(['in/a 4', 'in/b 4', 'c 1'])
    expect(left).toEqual(['large'])
    expect(await readFile(folder.at('to/in/b'), 'utf8')).toBe('in/b')
    expect((await readdir(folder.at('to'))).toSorted()).toEqual(['c', 'in'])
  },
)

test('what fails is left, and leaves nothing behind', async () => {
  eventsOff()
  await using folder = await testFolder()
  await filled(folder)
  await mkdir(folder.at('to/c'))
  const source = { name: 'c', path: 'c', type: 'file', size: 7, modified: 1 } as const
  expect(await quick(folder, ['c'])).toEqual({ settled: [], left: ['c'] })
  expect(await quick(folder, ['c'], { to: 'd', source })).toEqual({ settled: [], left: ['c'] })
  expect(await quick(folder, ['c'], { to: 'none/c' })).toEqual({ settled: [], left: ['c'] })
  expect((await readdir(folder.at('to'))).toSorted()).toEqual(['c', 'in'])
})

test('what replaces another type, and what has a part, is left', async () => {
  eventsOff()
  await using folder = await testFolder()
  await filled(folder)
  const part = { name: 'part', path: 'part', type: 'file' } as const
  expect((await quick(folder, ['c'], { instead: [] })).left).toEqual(['c'])
  expect((await quick(folder, ['c'], { part })).left).toEqual(['c'])
})

test('to those who listen each file is an operation: all is left', async () => {
  await using folder = await testFolder()
  await filled(folder)
  using _ = captureEvents()
  expect((await quick(folder, ['in/a', 'c'])).left).toEqual(['in/a', 'c'])
})

test('nothing is copied behind an abort', async () => {
  eventsOff()
  await using folder = await testFolder()
  await filled(folder)
  const signal = AbortSignal.abort()
  await expect(quick(folder, ['in/a'], {}, signal)).rejects.toThrow(
    expect.objectContaining({ code: 'NET_ABORTED' }),
  )
  expect(await readdir(folder.at('to/in'))).toEqual([])
})

test('trees elsewhere have no such way', async () => {
  const [from, to] = [memoryFiles({ contents: { a: 'x' } }), memoryFiles()]
  const step = stepOf('a', await from.stat('a'))
  await onRoute(from, to, async (route) => {
    expect(carriedFile(route, step, await from.stat('a'))).toBeUndefined()
    expect([...(await copyQuickly(route, [step], () => undefined))]).toEqual([step])
  })
})
