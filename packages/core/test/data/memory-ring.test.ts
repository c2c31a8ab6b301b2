import { MemoryRing } from '@net/core/authoring'
import { expect, test } from 'vitest'

test('memory that is taken is not given out again until it is given back', () => {
  const ring = new MemoryRing()
  const seen = new Map<ArrayBufferLike, Uint8Array[]>()
  const taken: Uint8Array[] = []
  for (let next = ring.next(); next !== undefined; next = ring.next()) {
    const chunk = next.subarray(0, Math.min(next.length, 50_000))
    const others = seen.get(chunk.buffer) ?? []
    expect(others.some((other) => overlap(other, chunk))).toBe(false)
    seen.set(chunk.buffer, [...others, chunk])
    ring.take(chunk)
    taken.push(chunk)
  }
  expect(ring.hasRoom).toBe(false)
  for (const chunk of taken) ring.giveBack(chunk)
  expect(ring.hasRoom).toBe(true)
  expect(seen.has(ring.next()?.buffer ?? new ArrayBuffer(0))).toBe(true)
})

test('the rest of a block is filled while its beginning is in use', () => {
  const ring = new MemoryRing()
  const first = ring.next()?.subarray(0, 1000) ?? new Uint8Array(0)
  expect(ring.take(first)).toBe(true)
  const second = ring.next()
  expect([second?.buffer, second?.byteOffset]).toEqual([first.buffer, 1000])
  ring.giveBack(first)
  expect(ring.next()?.byteOffset).toBe(0)
})

test('memory of others is not the ring’s', () => {
  const ring = new MemoryRing()
  const other = new Uint8Array(10)
  expect(ring.take(other)).toBe(false)
  ring.giveBack(other)
  expect(ring.next()?.buffer).not.toBe(other.buffer)
})

function overlap(a: Uint8Array, b: Uint8Array): boolean {
  return a.byteOffset < b.byteOffset + b.length && b.byteOffset < a.byteOffset + a.length
}
