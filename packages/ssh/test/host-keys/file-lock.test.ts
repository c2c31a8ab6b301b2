import { existsSync } from 'node:fs'
import files, { chmod, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'

import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { useFakeClock } from '@net/core/testing'

import { withFileLock } from '../../src/host-keys/file-lock.ts'

let folder = ''
let file = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'net-ssh-'))
  file = join(folder, 'known_hosts')
})

afterEach(async () => {
  vi.restoreAllMocks()
  syncBuiltinESMExports()
  await rm(folder, { recursive: true })
})

/** The same code as another process has it: with turns of its own, so that only the lock file holds. */
async function elsewhere(): Promise<typeof withFileLock> {
  const path = '../../src/host-keys/file-lock.ts?elsewhere'
  return ((await import(path)) as { withFileLock: typeof withFileLock }).withFileLock
}

test('one at a time works on a file, also where others do not share the turns of this process', async () => {
  let working = 0
  const seen: number[] = []
  const work = async (): Promise<void> => {
    working += 1
    seen.push(working)
    for (let turns = 0; turns < 5; turns++) await turn()
    working -= 1
  }
  const other = await elsewhere()
  await Promise.all(
    Array.from({ length: 6 }, (_, at) => (at % 2 === 0 ? withFileLock : other)(file, work)),
  )
  expect(seen).toEqual([1, 1, 1, 1, 1, 1])
  expect(await readdir(folder)).toEqual([])
})

test('what the work rejects with passes, and the next one has its turn', async () => {
  const own = new Error('no')
  const first = withFileLock(file, () => Promise.reject(own))
  const second = withFileLock(file, async () => existsSync(`${file}.lock`))
  await expect(first).rejects.toBe(own)
  expect(await second).toBe(true)
  expect(await readdir(folder)).toEqual([])
})

test('a lock that a process left behind is taken away, a fresh one is waited for', async () => {
  await writeFile(`${file}.lock`, '')
  await utimes(`${file}.lock`, new Date(0), new Date(0))
  expect(await withFileLock(file, async () => 'in')).toBe('in')
  expect(await readdir(folder)).toEqual([])

  await writeFile(`${file}.lock`, '')
  using clock = useFakeClock()
  let entered = false
  const waiting = withFileLock(file, async () => {
    entered = true
  })
  await clock.until(() => clock.timers === 1)
  expect(entered).toBe(false)
  await rm(`${file}.lock`)
  await clock.advance(10)
  await waiting
  expect(entered).toBe(true)
})

test('a lock whose time is in the future is taken away when it has been seen as long', async () => {
  await writeFile(`${file}.lock`, '')
  const tomorrow = new Date(Date.now() + 86_400_000)
  await utimes(`${file}.lock`, tomorrow, tomorrow)
  using clock = useFakeClock()
  const waiting = withFileLock(file, async () => 'in')
  const waits = (): Promise<void> => clock.until(() => clock.timers === 1)
  await waits()
  await clock.advance(10_000)
  await waits()
  expect(existsSync(`${file}.lock`)).toBe(true)
  await clock.advance(10)
  expect(await waiting).toBe('in')
  expect(await readdir(folder)).toEqual([])
})

test('of two that find the same lock left behind at once, one waits for the other', async () => {
  await writeFile(`${file}.lock`, '')
  await utimes(`${file}.lock`, new Date(0), new Date(0))
  const look = files.stat
  const [seen, goOn, waits] = Array.from({ length: 3 }, () => Promise.withResolvers<void>())
  let looks = 0
  // The first to look hears of what it saw when the other one holds the lock, and then looks again or works.
  vi.spyOn(files, 'stat').mockImplementation((async (path: string) => {
    looks += 1
    const isFirst = looks === 1
    if (goneOn) waits?.resolve()
    const found = await look(path)
    if (isFirst) {
      seen?.resolve()
      await goOn?.promise
    }
    return found
  }) as typeof look)
  syncBuiltinESMExports()
  let goneOn = false
  const order: string[] = []
  const late = withFileLock(file, async () => {
    order.push('late')
    waits?.resolve()
  })
  await seen?.promise
  const other = await elsewhere()
  await other(file, async () => {
    goneOn = true
    goOn?.resolve()
    await waits?.promise
    order.push('other')
  })
  await late
  expect(order).toEqual(['other', 'late'])
  expect(await readdir(folder)).toEqual([])
})

test('locks that were left behind one upon the other are gone when the next one is released', async () => {
  for (const name of ['.lock', '.lock.0']) {
    await writeFile(`${file}${name}`, '')
    await utimes(`${file}${name}`, new Date(0), new Date(0))
  }
  const held = await withFileLock(file, () => readdir(folder))
  expect(held.toSorted()).toEqual(
    ['.lock', '.lock.0', '.lock.0.0'].map((name) => `known_hosts${name}`),
  )
  expect(await readdir(folder)).toEqual([])
})

test('an aborted signal ends the wait', async () => {
  await writeFile(`${file}.lock`, '')
  const reason = new Error('enough')
  const work = async (): Promise<void> => {}
  await expect(withFileLock(file, work, AbortSignal.abort(reason))).rejects.toBe(reason)
})

test('a folder that takes no new file is no hindrance', async () => {
  await chmod(folder, 0o500)
  expect(await withFileLock(join(folder, 'gone', 'known_hosts'), async () => 'in')).toBe('in')
  await chmod(folder, 0o700)
})
