import { expect, test } from 'vitest'

import { ReadBlock } from '../src/read-block.ts'

const FULL = 65_536

test('there is no memory until what arrives is much, and none once it is little', () => {
  const block = new ReadBlock()
  expect(block.memory()).toBeUndefined()
  block.arrived(new Uint8Array(10))
  expect(block.memory()).toBeUndefined()
  block.arrived(new Uint8Array(FULL))
  const memory = block.memory()
  expect(memory).toHaveLength(FULL)
  const few = memory!.subarray(0, 3).fill(7)
  const kept = block.arrived(few)
  expect(kept).toEqual(Uint8Array.of(7, 7, 7))
  expect(kept.buffer).not.toBe(memory!.buffer)
  expect(block.memory()).toBeUndefined()
})

test('memory that was copied is filled again, memory that somebody has is not', () => {
  const block = new ReadBlock()
  block.arrived(new Uint8Array(FULL))
  const first = block.memory()!
  expect(block.arrived(first)).toBe(first)
  expect(block.memory()).toBe(first)
  block.kept(block.arrived(first))
  expect(block.memory()).not.toBe(first)
})
