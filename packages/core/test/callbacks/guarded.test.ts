import { once } from 'node:events'
import { runInNewContext } from 'node:vm'

import { expect, test } from 'vitest'

import { guarded } from '@net/core/authoring'

test('[H-CORE-24] what a watching callback throws is reported once and goes no further', async () => {
  const warnings: Error[] = []
  const listen = (warning: Error): void => void warnings.push(warning)
  process.on('warning', listen)
  let calls = 0
  const safe = guarded('onProgress', () => {
    calls++
    throw new Error('a bug of the caller')
  })
  safe()
  safe()
  await once(process, 'warning')
  process.off('warning', listen)
  expect(calls).toBe(2)
  expect(warnings).toHaveLength(1)
  expect(warnings[0]).toMatchObject({ code: 'NET_CALLBACK_FAILED' })
  expect(warnings[0]?.message).toMatch(/^onProgress failed.*a bug of the caller/s)
})

test('what it rejects with is reported as well', async () => {
  const warned = once(process, 'warning')
  guarded('a sink', () => Promise.reject(new Error('late')))()
  const [warning] = (await warned) as [Error]
  expect(warning.message).toContain('late')
})

test('also by a promise of another realm, as those of Node are under Jest', async () => {
  const warned = once(process, 'warning')
  guarded('a sink', () => runInNewContext("Promise.reject(new Error('late'))"))()
  const [warning] = (await warned) as [Error]
  expect(warning.message).toContain('late')
})

test('also what has no text is reported, and goes no further', async () => {
  const warned = once(process, 'warning')
  const bare: unknown = Object.create(null)
  expect(() =>
    guarded('onProgress', () => {
      throw bare
    })(),
  ).not.toThrow()
  const [warning] = (await warned) as [Error]
  expect(warning.message).toContain('onProgress failed')
  const late = once(process, 'warning')
  guarded('a sink', () => Promise.reject(bare as Error))()
  const [second] = (await late) as [Error]
  expect(second.message).toContain('a sink failed')
})
