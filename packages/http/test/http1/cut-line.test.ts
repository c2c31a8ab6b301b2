import { expect, test, vi } from 'vitest'

import { CutLine } from '../../src/http1/cut-line.ts'

test('pieces come back as one, once', () => {
  const line = new CutLine()
  const bytes = Buffer.from('0123456789')
  line.add(bytes, 2, 5)
  line.add(bytes, 5, 9)
  expect(line.length).toBe(7)
  expect(line.take().toString()).toBe('2345678')
  expect(line.length).toBe(0)
  expect(line.take().toString()).toBe('')
})

test('it keeps copies: the bytes may be used again', () => {
  const line = new CutLine()
  const bytes = Buffer.from('abc')
  line.add(bytes, 0, 3)
  bytes.fill(0)
  expect(line.take().toString()).toBe('abc')
})

test('a line that comes byte by byte takes new memory a few times, not once for each byte', () => {
  const line = new CutLine()
  const byte = Buffer.from('x')
  const allocated = vi.spyOn(Buffer, 'allocUnsafeSlow')
  for (let size = 0; size < 65_536; size++) line.add(byte, 0, 1)
  const times = allocated.mock.calls.length
  allocated.mockRestore()
  expect(line.take()).toHaveLength(65_536)
  expect(times).toBeLessThan(12)
})
