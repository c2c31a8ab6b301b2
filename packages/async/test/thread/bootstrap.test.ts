import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

import { expect, test } from 'vitest'

import { bootstrap, type ThreadAnswer, type ThreadMessage } from '../../src/thread/bootstrap.ts'

async function answer(source: string): Promise<ThreadAnswer> {
  const module = `data:text/javascript,${encodeURIComponent(source)}`
  const worker = new Worker(bootstrap, { eval: true, workerData: { module, name: 'job', data: 2 } })
  const [message] = (await once(worker, 'message')) as [ThreadMessage]
  await worker.terminate()
  return message.netAnswer
}

test('sends back what the job returns', async () => {
  expect(await answer('export const job = async (x) => x + 1')).toEqual({
    kind: 'returned',
    value: 3,
  })
  expect(await answer('export const other = 1')).toEqual({ kind: 'missing' })
})

test('describes what the job throws, but for what cannot be cloned', async () => {
  const source = `export function job() {
    const cause = new Error('inner')
    throw Object.assign(new SyntaxError('outer', { cause }), { code: 'E', callback() {} })
  }`
  expect(await answer(source)).toMatchObject({
    kind: 'threw',
    thrown: {
      kind: 'error',
      name: 'SyntaxError',
      message: 'outer',
      fields: { code: 'E' },
      cause: { kind: 'error', message: 'inner', cause: undefined },
    },
  })
  const odd = await answer('export const job = () => { throw Symbol("odd") }')
  expect(odd).toEqual({ kind: 'threw', thrown: { kind: 'value', value: 'Symbol(odd)' } })
})

test('describes an error of these packages by its toJSON, or by its code if that cannot be cloned', async () => {
  const throws = (partial: string): string => `export function job() {
    const error = Object.assign(new Error('ours'), { code: 'NET_BUSY', [Symbol.for('net.error')]: true })
    throw Object.assign(error, { toJSON: () => ({ name: 'StateError', partial: ${partial} }) })
  }`
  expect(await answer(throws('7'))).toMatchObject({
    thrown: { kind: 'ours', plain: { name: 'StateError', partial: 7 } },
  })
  expect(await answer(throws('() => {}'))).toMatchObject({
    thrown: { kind: 'ours', plain: { name: 'Error', message: 'ours', code: 'NET_BUSY' } },
  })
})

test('an error that is its own cause comes to an end', async () => {
  const described = await answer(
    `export const job = () => { const e = new Error('round'); e.cause = e; throw e }`,
  )
  expect(JSON.stringify(described).length).toBeLessThan(10_000)
})
