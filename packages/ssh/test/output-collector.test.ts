import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

import { expect, test } from 'vitest'

import { OutputCollector } from '../src/output-collector.ts'

test('keeps both outputs apart, as text or as bytes', () => {
  const collector = new OutputCollector(100, () => {})
  const euro = Buffer.from('€')
  collector.take('stdout', euro.subarray(0, 1))
  collector.take('stderr', Buffer.from('oops'))
  collector.take('stdout', euro.subarray(1))
  expect(collector.printed('text')).toEqual({ stdout: '€', stderr: 'oops' })
  expect(collector.printed('bytes')).toEqual({ stdout: euro, stderr: Buffer.from('oops') })
})

test('reports once that the limit is passed, and keeps nothing more', () => {
  const errors: Error[] = []
  const collector = new OutputCollector(4, (error) => errors.push(error))
  for (let round = 0; round < 5; round++) collector.take('stdout', Buffer.from('abc'))
  expect(errors).toMatchObject([{ code: 'NET_PROTO_LIMIT', limit: 4 }])
  expect(collector.size).toBe(6)
})

test('a command that prints byte by byte costs no more than its bytes', () => {
  const collector = new OutputCollector(1_000_000, () => {})
  const bytes = kept(() => {
    for (let count = 0; count < 200_000; count++) collector.take('stdout', Buffer.alloc(1))
    return collector
  })
  // As chunks of their own they would be some 20 MB.
  expect(bytes).toBeLessThan(5_000_000)
  expect(collector.size).toBe(200_000)
})

/** How many bytes more are in use after the call than before it. */
function kept(fill: () => unknown): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const used = (): number => {
    collect()
    const { heapUsed, arrayBuffers } = process.memoryUsage()
    return heapUsed + arrayBuffers
  }
  const before = used()
  const result = fill()
  const after = used()
  expect(result).toBeDefined()
  return after - before
}
