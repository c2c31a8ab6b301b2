import { PassThrough } from 'node:stream'

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

test('tells once that it is full, and keeps nothing more', () => {
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
