import { openSource, operation } from '@net/core/authoring'
import { expect, test } from 'vitest'

import { pour } from '../src/pour.ts'

test('every chunk is taken in order, and counted', async () => {
  const taken: string[] = []
  const moved = await operation(
    { protocol: 'files', operation: 'test', kind: 'transfer' },
    {},
    async (op) =>
      pour(
        op,
        await openSource(
          (async function* two() {
            yield Buffer.from('ab')
            yield Buffer.from('c')
          })(),
        ),
        (chunk) => void taken.push(String(chunk)),
      ),
  )
  expect([moved, taken]).toEqual([3, ['ab', 'c']])
})

test('an abort while the source is silent ends it, and nothing more is taken', async () => {
  const controller = new AbortController()
  const taken: string[] = []
  const source = async function* silent(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('a')
    queueMicrotask(() => controller.abort())
    await new Promise(() => {})
  }
  const poured = operation(
    { protocol: 'files', operation: 'test', kind: 'transfer' },
    { signal: controller.signal },
    async (op) => pour(op, await openSource(source), (chunk) => void taken.push(String(chunk))),
  )
  await expect(poured).rejects.toThrow(expect.objectContaining({ code: 'NET_ABORTED' }))
  expect(taken).toEqual(['a'])
})
