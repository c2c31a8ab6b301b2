import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { captureEvents } from '@net/core/testing'
import { openQueue, type PayloadSchema } from '@net/queue'
import { expect, onTestFinished, test } from 'vitest'

test('each call is an operation, and so is each attempt of a job', async () => {
  using events = captureEvents()
  await using queue = openQueue<number>('operations')
  await queue.add(1, { id: 'a' })
  const done = Promise.withResolvers<void>()
  queue.process(({ id }) => {
    if (id === 'a') done.resolve()
  })
  await done.promise
  await queue.close()
  const told = events
    .of('operation')
    .map(({ operation, state, target, outcome }) =>
      [operation, state, target, outcome].filter(Boolean).join(' '),
    )
  expect(told).toEqual([
    'add start operations',
    'add end operations ok',
    'process start operations/a',
    'process end operations/a ok',
  ])
})

test('an attempt that fails ends its operation with the error', async () => {
  using events = captureEvents()
  await using queue = openQueue('failures')
  await queue.add(1, { id: 'a' })
  queue.process(
    () => {
      throw new Error('broken')
    },
    { retry: false },
  )
  await expect.poll(() => events.of('operation').at(-1)?.state).toBe('end')
  expect(events.of('operation').at(-1)).toMatchObject({ outcome: 'failed', operation: 'process' })
})

test('a result that is left out is warned of', async () => {
  using events = captureEvents()
  await using queue = openQueue('warnings')
  await queue.add(1, { id: 'a' })
  queue.process(() => ({ response: { request: 1n } }))
  await expect
    .poll(() => events.of('operation').some(({ state }) => state === 'warning'))
    .toBe(true)
  const { message } = events.of('operation').find(({ state }) => state === 'warning') ?? {}
  expect(message).toContain('result.response.request is a BigInt')
})

test('wrong arguments reject with the name of the call', async () => {
  await using queue = openQueue('arguments')
  await expect(queue.add(1, { prio: 2 } as never)).rejects.toMatchObject({
    code: 'NET_BAD_OPTION',
    operation: 'add',
  })
  await expect(queue.get(7 as never)).rejects.toThrow('the id must be')
  const listing = queue.list('late' as never)
  await expect(listing[Symbol.asyncIterator]().next()).rejects.toThrow('the state')
  expect(() => queue.process('x' as never)).toThrow('the handler must be a function')
  expect(() => queue.process(() => {}, { rate: {} as never })).toThrow('rate.limit is missing')
})

test('what is begun with a signal that has aborted ends at once', async () => {
  await using queue = openQueue<number>('aborted-before')
  const signal = AbortSignal.abort()
  await queue.add(1, { id: 'a' })
  let isRun = false
  const worker = queue.process(
    () => {
      isRun = true
    },
    { signal },
  )
  await expect(queue.events({ signal }).next()).rejects.toMatchObject({ code: 'NET_ABORTED' })
  await worker.closed
  await expect.poll(() => queue.get('a')).toMatchObject({ state: 'waiting' })
  expect(isRun).toBe(false)
})

test('what was asked for is done, though the queue is closed at once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'queue-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const url = `file:${join(folder, 'jobs.db')}`
  const slow: PayloadSchema<number> = {
    '~standard': { version: 1, validate: async (value) => ({ value: value as number }) },
  }
  for (const [id, schema] of [
    ['plain', undefined],
    ['checked', slow],
  ] as const) {
    const queue = openQueue<number>('last-words', { url, schema })
    const asked = [queue.add(1, { id }), queue.pause()] as const
    await queue.close()
    expect(await asked[0]).toMatchObject({ added: true })
    await asked[1]
    await using again = openQueue<number>('last-words', { url })
    expect(await again.get(id)).toMatchObject({ state: 'waiting' })
    expect(await again.counts()).toMatchObject({ paused: true })
  }
})
