import { PassThrough } from 'node:stream'

import { PrintedOutput } from '@net/core/authoring'
import { expect, test } from 'vitest'

import { collectOutput } from '../../src/process/collect-output.ts'

test('collects both outputs, a character that is cut in two included', () => {
  const printed = new PrintedOutput('the process', 100, (error) => expect.fail(error.message))
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  collectOutput({ stdout, stderr }, printed, (error) => expect.fail(error.message))
  const bytes = Buffer.from('é')
  stdout.write(bytes.subarray(0, 1))
  stderr.write('wrong')
  stdout.write(bytes.subarray(1))
  expect(printed.size).toBe(7)
  expect(printed.printed('text')).toEqual({ stdout: 'é', stderr: 'wrong' })
})

test('an output that cannot be read is an error', () => {
  const errors: Error[] = []
  const printed = new PrintedOutput('the process', 4, (error) => errors.push(error))
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  collectOutput({ stdout, stderr }, printed, (error) => errors.push(error))
  const fault = new Error('cannot be read')
  stderr.emit('error', fault)
  expect(errors).toEqual([fault])
})
