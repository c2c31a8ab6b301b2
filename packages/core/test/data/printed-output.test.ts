import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

import { secret } from '@net/core'
import { lastLine, PrintedOutput, printedWithoutSecrets } from '@net/core/authoring'
import { canary, expectNoCanary } from '@tools/canary'
import { expect, test } from 'vitest'

test('keeps both outputs apart, as text or as bytes', () => {
  const collector = new PrintedOutput('the command', 100, () => {})
  const euro = Buffer.from('€')
  collector.take('stdout', euro.subarray(0, 1))
  collector.take('stderr', Buffer.from('oops'))
  collector.take('stdout', euro.subarray(1))
  expect(collector.printed('text')).toEqual({ stdout: '€', stderr: 'oops' })
  expect(collector.printed('bytes')).toEqual({ stdout: euro, stderr: Buffer.from('oops') })
})

test('reports once that the limit is passed, and keeps nothing more', () => {
  const errors: Error[] = []
  const collector = new PrintedOutput('the command', 4, (error) => errors.push(error))
  for (let round = 0; round < 5; round++) collector.take('stdout', Buffer.from('abc'))
  expect(errors).toMatchObject([
    { code: 'NET_PROTO_LIMIT', limit: 4, message: 'the command printed more than 4 bytes' },
  ])
  expect(collector.size).toBe(6)
})

test('a command that prints byte by byte costs no more than its bytes', () => {
  const collector = new PrintedOutput('the command', 1_000_000, () => {})
  const bytes = kept(() => {
    for (let count = 0; count < 200_000; count++) collector.take('stdout', Buffer.alloc(1))
    return collector
  })
  // As chunks of their own they would be some 20 MB.
  expect(bytes).toBeLessThan(5_000_000)
  expect(collector.size).toBe(200_000)
})

test('text has no held secrets, and bytes stay as they are', () => {
  const held = secret(canary('stdout'))
  const bytes = Buffer.from('x')
  const clean = printedWithoutSecrets({ stdout: `the password is ${held.reveal()}`, stderr: bytes })
  expect(clean.stderr).toBe(bytes)
  expectNoCanary(clean.stdout)
})

test('errors show the last line, and not more than 200 characters of it', () => {
  expect(lastLine('one\ntwo\n\n')).toBe('two')
  expect(lastLine(Buffer.from(`a\n${'b'.repeat(300)}`))).toHaveLength(200)
  expect(lastLine('')).toBe('')
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
