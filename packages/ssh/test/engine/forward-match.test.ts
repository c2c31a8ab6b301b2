import { expect, test } from 'vitest'

import { forwardFor } from '../../src/engine/forward-match.ts'

const at = (host: string, port: number): { host: string; port: number } => ({ host, port })

test('[SSH-48] the address as it was asked for counts first', () => {
  const [first, second] = [at('127.0.0.1', 80), at('::1', 80)]
  expect(forwardFor([first, second], '::1', 80)).toBe(second)
  expect(forwardFor([first, second], '127.0.0.1', 80)).toBe(first)
})

test('[SSH-48] else the only one of that port, whatever the server calls it', () => {
  const [first, second] = [at('localhost', 80), at('localhost', 81)]
  expect(forwardFor([first, second], '0.0.0.0', 81)).toBe(second)
})

test('[SSH-48] else the one that listens everywhere, in the family of the address', () => {
  const [four, six, named] = [at('0.0.0.0', 80), at('::', 80), at('10.0.0.1', 80)]
  expect(forwardFor([four, six, named], '192.168.0.1', 80)).toBe(four)
  expect(forwardFor([four, six, named], 'fe80::1', 80)).toBe(six)
})

test('[SSH-48] what fits none or two belongs to none', () => {
  const [first, second] = [at('10.0.0.1', 80), at('10.0.0.2', 80)]
  expect(forwardFor([first, second], '10.0.0.3', 80)).toBeUndefined()
  expect(forwardFor([first], '10.0.0.1', 81)).toBeUndefined()
  expect(forwardFor([], '10.0.0.1', 80)).toBeUndefined()
})
