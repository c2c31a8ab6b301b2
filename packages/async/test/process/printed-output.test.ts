import { PassThrough } from 'node:stream'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

import { expect, test } from 'vitest'

import { PrintedOutput } from '../../src/process/printed-output.ts'

test('collects both outputs, a character that is cut in two included', () => {
  const printed = new PrintedOutput(100)
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  printed.listen(stdout, stderr, (error) => expect.fail(error.message))
  const bytes = Buffer.from('é')
  stdout.write(bytes.subarray(0, 1))
  stderr.write('wrong')
  stdout.write(bytes.subarray(1))
  expect(printed.size).toBe(7)
  expect(printed.taken('text')).toEqual({ stdout: 'é', stderr: 'wrong' })
  expect(printed.taken('bytes')).toEqual({ stdout: bytes, stderr: Buffer.from('wrong') })
})

test('reports once that it is full, and keeps nothing more', () => {
  const errors: Error[] = []
  const printed = new PrintedOutput(4)
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  printed.listen(stdout, stderr, (error) => errors.push(error))
  stdout.write('1234')
  expect(errors).toEqual([])
  stderr.write('5')
  stdout.write('6')
  expect(errors).toEqual([expect.objectContaining({ code: 'NET_PROTO_LIMIT', limit: 4 })])
  expect(printed.taken('text')).toEqual({ stdout: '1234', stderr: '5' })
})

test('a program that prints byte by byte costs no more than its bytes', () => {
  const printed = new PrintedOutput(1_000_000)
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  printed.listen(stdout, stderr, (error) => expect.fail(error.message))
  const bytes = kept(() => {
    for (let count = 0; count < 200_000; count++) stdout.emit('data', Buffer.alloc(1))
    return printed
  })
  // As chunks of their own they would be some 20 MB.
  expect(bytes).toBeLessThan(5_000_000)
  expect(printed.size).toBe(200_000)
})

test('an output that cannot be read is an error', () => {
  const errors: Error[] = []
  const printed = new PrintedOutput(4)
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  printed.listen(stdout, stderr, (error) => errors.push(error))
  const fault = new Error('cannot be read')
  stderr.emit('error', fault)
  expect(errors).toEqual([fault])
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
