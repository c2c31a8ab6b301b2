import { netError } from '@net/core/authoring'
import { fromText } from '@net/core'
import { captureEvents, useFakeClock } from '@net/core/testing'
import { at, memoryFiles, mirror } from '@net/files'
import { faultyFiles } from '@net/files/testing'
import { expect, test } from 'vitest'

import { contentsOf } from '@net/files/testing'
import { textOf } from '../../src/testing/contents.ts'

const poor = { times: { grain: 1, canSet: false, zone: 'utc' }, rename: 'atomic' } as const

test('what was seen behind a copy decides where the target cannot keep times', async () => {
  const from = memoryFiles({ contents: { a: 'one', b: 'two' } })
  const [to, own] = [memoryFiles({ can: poor }), memoryFiles()]
  const state = at(own, 'state')
  await mirror(from, to, { state })
  expect(await mirror(from, to, { state })).toMatchObject({ kept: 2, replaced: 0, entries: [] })
  // Other content of the same size, and an older time: without a state nothing would show it.
  await from.write('a', fromText('ONE'))
  await from.setModified('a', 1000)
  expect(await mirror(from, to, { state })).toMatchObject({ kept: 1, replaced: 1 })
  expect(await textOf(to, 'a')).toBe('ONE')
})

test('an entry of the target that no longer looks so is compared afresh', async () => {
  const from = memoryFiles({ contents: { a: 'one', b: 'two', c: 'three' } })
  const [to, own] = [memoryFiles({ can: poor }), memoryFiles()]
  const state = at(own, 'state')
  await mirror(from, to, { state })
  await to.remove('a')
  await to.write('b', fromText('cut'.slice(0, 1)))
  expect(await mirror(from, to, { state })).toMatchObject({ made: 1, replaced: 1, kept: 1 })
  expect(await contentsOf(to)).toEqual({ a: 'one', b: 'two', c: 'three' })
})

test('a file enters the state behind its rename and not before', async () => {
  const from = memoryFiles({ contents: { a: 'one', b: 'two', c: 'three' } })
  const inner = memoryFiles({ can: poor })
  const own = memoryFiles()
  let failed = false
  const to = faultyFiles(inner, {
    at: ({ call, passed, path }) => {
      if (failed || call !== 'rename' || passed !== undefined || !path.startsWith('b')) return
      failed = true
      throw new Error('a fault')
    },
  })
  const options = { state: at(own, 'state'), retry: false } as const
  await expect(mirror(from, to, options)).rejects.toThrow('1 of 3 entries failed')
  expect(await textOf(own, 'state')).not.toContain('"b"')
  expect(await mirror(from, to, options)).toMatchObject({ made: 1, kept: 2 })
  expect(await textOf(own, 'state')).toContain('"b"')
})

test('a state that cannot be used is told and replaced', async () => {
  const from = memoryFiles({ contents: { a: 'one' } })
  const own = memoryFiles({ contents: { state: '{"format":' } })
  using captured = captureEvents()
  const to = memoryFiles()
  await mirror(from, to, { state: at(own, 'state') })
  const warnings = captured.of('operation').filter(({ state }) => state === 'warning')
  expect(warnings).toMatchObject([
    {
      operation: 'mirror',
      message: expect.stringContaining('the state state is not used: it is '),
    },
  ])
  expect(await textOf(own, 'state')).toContain('"end":1')
  expect(Object.keys(await contentsOf(own))).toEqual(['state'])
})

test.each([
  ['small', 4],
  ['large', 400_000],
])(
  'a %s file whose time the target refuses is whole, told, and not sent again',
  async (_, size) => {
    for (const code of ['NET_UNSUPPORTED', 'NET_ACCESS_DENIED'] as const) {
      const from = memoryFiles({ contents: { a: 'x'.repeat(size) } })
      await from.setModified('a', 1000)
      const inner = memoryFiles()
      const to = faultyFiles(inner, {
        at: ({ call }) => {
          if (call === 'setModified') throw netError(code, { message: 'times are not for you' })
        },
      })
      const state = at(memoryFiles(), 'state')
      expect(await mirror(from, to, { state })).toMatchObject({
        made: 1,
        failed: 0,
        entries: [{ note: { code, message: expect.stringContaining('times are not for you') } }],
      })
      expect((await textOf(inner, 'a')).length).toBe(size)
      expect(await mirror(from, to, { state })).toMatchObject({ kept: 1, replaced: 0 })
    }
  },
)

test('what was copied is saved now and then, and before the end', async () => {
  using clock = useFakeClock()
  const from = memoryFiles({ contents: { a: 'one', b: 'two', c: 'three' } })
  const own = memoryFiles()
  const seen: string[] = []
  const to = faultyFiles(memoryFiles(), {
    at: async ({ call, passed, path }) => {
      if (call !== 'rename' || passed !== undefined) return
      seen.push(await textOf(own, 'state').catch(() => ''))
      // The second file takes longer than it takes to save again.
      if (path.startsWith('b')) await clock.advance(11_000)
    },
  })
  await mirror(from, to, { state: at(own, 'state'), concurrency: 1 })
  expect(seen[1]).toBe('')
  expect(seen[2]).toContain('["a","b"]')
})

test('a state of other patterns or trees is not believed, and removes nothing', async () => {
  const from = memoryFiles({ contents: { a: 'one', b: 'two' } })
  const [to, own] = [memoryFiles(), memoryFiles()]
  const state = at(own, 'state')
  await mirror(from, to, { state })
  await from.remove('b')
  const report = await mirror(from, to, { state, exclude: ['b'], delete: 'all' })
  expect(report).toMatchObject({ removed: 0, kept: 1 })
  expect(await mirror(from, to, { state })).toMatchObject({ removed: 0 })
  expect(await contentsOf(to)).toEqual({ a: 'one', b: 'two' })
  const other = memoryFiles()
  expect(await mirror(from, other, { state })).toMatchObject({ made: 1, kept: 0 })
})

test('a state that cannot be saved in the middle of a run fails no file, and is saved at the end', async () => {
  using clock = useFakeClock()
  const from = memoryFiles({ contents: { a: 'one', b: 'two', c: 'three' } })
  const own = memoryFiles()
  let failures = 0
  const store = faultyFiles(own, {
    at: ({ call, passed }) => {
      if (call !== 'write' || passed !== undefined || failures > 0) return
      failures++
      throw netError('NET_CONN_RESET', { message: 'reset' })
    },
  })
  const to = faultyFiles(memoryFiles(), {
    at: async ({ call, passed, path }) => {
      if (call === 'rename' && passed === undefined && path.startsWith('c'))
        await clock.advance(11_000)
    },
  })
  expect(await mirror(from, to, { state: at(store, 'state'), concurrency: 1 })).toMatchObject({
    made: 3,
    failed: 0,
  })
  expect(failures).toBe(1)
  expect(await textOf(own, 'state')).toContain('"end":3')
})
