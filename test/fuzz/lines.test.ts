import { NetError } from '@net/core'
import { lines } from '@net/socket'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { fuzz } from './fuzz.ts'

test('lines: split anywhere, the same lines come out', async () => {
  const whole = fc.array(fc.constantFrom(10, 13, 65, 66, 0, 0xc3, 0xa4), { maxLength: 60 })
  const cuts = fc.array(fc.nat(60), { maxLength: 8 })
  await fuzz(fc.tuple(whole, cuts), ([bytes, at]) => {
    const expected = outcome([Uint8Array.from(bytes)])
    const ends = [...at.filter((end) => end < bytes.length), bytes.length].toSorted((a, b) => a - b)
    const pieces = ends.map((end, index) => Uint8Array.from(bytes.slice(ends[index - 1] ?? 0, end)))
    expect(outcome(pieces)).toEqual(expected)
  })
})

test('lines: any bytes give lines or an error of ours', async () => {
  await fuzz(fc.uint8Array({ maxLength: 200 }), (bytes) => {
    const { error } = outcome([bytes])
    if (error !== undefined) expect(error).toMatch(/^NET_PROTO_/)
  })
})

function outcome(pieces: readonly Uint8Array[]): { lines: string[]; error?: string } {
  const codec = lines({ limit: 16 })
  const found: string[] = []
  try {
    for (const piece of pieces) found.push(...codec.decode(piece))
    codec.finish()
    return { lines: found }
  } catch (error) {
    // How many lines came before it depends on the pieces; that it comes, and which, does not.
    if (error instanceof NetError) return { lines: [], error: error.code }
    throw error
  }
}
