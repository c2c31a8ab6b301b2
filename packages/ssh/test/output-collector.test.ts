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

test('tells once that the limit is passed, and keeps nothing more', () => {
  const errors: Error[] = []
  const collector = new OutputCollector(4, (error) => errors.push(error))
  for (let round = 0; round < 5; round++) collector.take('stdout', Buffer.from('abc'))
  expect(errors).toMatchObject([{ code: 'NET_PROTO_LIMIT', limit: 4 }])
  expect(collector.size).toBe(6)
})
