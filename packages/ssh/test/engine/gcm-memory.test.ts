import { createCipheriv, randomBytes } from 'node:crypto'

import { expect, test } from 'vitest'

import { countUp, letGo } from '../../src/engine/gcm-memory.ts'

test('the last eight bytes are counted up, and the first four stay', () => {
  const after = (hex: string): string => {
    const iv = Buffer.from(hex, 'hex')
    countUp(iv)
    return iv.toString('hex')
  }
  expect(after('0a0b0c0d0000000000000000')).toBe('0a0b0c0d0000000000000001')
  expect(after('0a0b0c0d00000000000000ff')).toBe('0a0b0c0d0000000000000100')
  expect(after('0a0b0c0dffffffffffffffff')).toBe('0a0b0c0d0000000000000000')
})

test('memory of a cipher is let go of, and a part of other memory stays', () => {
  const sealed = createCipheriv('aes-128-gcm', randomBytes(16), randomBytes(12)).update(
    Buffer.alloc(1000),
  )
  letGo(sealed)
  expect(sealed.buffer.byteLength).toBe(0)
  const whole = Buffer.from('0123456789')
  letGo(whole.subarray(2, 4))
  expect(whole.toString()).toBe('0123456789')
})
