import { randomBytes } from 'node:crypto'

import { expect, test } from 'vitest'

import { GcmPackets } from '../../src/engine/gcm-packets.ts'
import { GcmSeal } from '../../src/engine/gcm-seal.ts'

const key = randomBytes(16)
const iv = Buffer.concat([randomBytes(4), Buffer.from('00000000fffffffe', 'hex')])

/** What leaves for these payloads. */
function sealed(payloads: readonly Buffer[]): Buffer[][] {
  return payloads.map((payload) => {
    const pieces: Buffer[] = []
    outgoing = (bytes) => pieces.push(Buffer.from(bytes))
    const packet = seal.packet(payload.length)
    packet.set(payload, 5)
    seal.send(packet)
    return pieces
  })
}

let outgoing: (bytes: Buffer) => void = () => {}
let seal = made()

function made(): GcmSeal {
  const gcmKey = { cipher: 'aes-128-gcm', key, iv: Buffer.from(iv) } as const
  return new GcmSeal(gcmKey, (bytes) => outgoing(bytes))
}

test('what is sealed is opened again, in whole blocks and with padding of four bytes or more', () => {
  seal = made()
  const sizes = [0, 1, 10, 11, 12, 27, 28, 1000, 32_777, 100_000]
  const payloads = sizes.map((size) => randomBytes(size))
  const packets = sealed(payloads)
  const got: Buffer[] = []
  const opened = new GcmPackets(
    { cipher: 'aes-128-gcm', key, iv: Buffer.from(iv) },
    { take: (payload) => void got.push(payload), copies: () => false },
  )
  for (const pieces of packets.slice(0, -1)) {
    const bytes = Buffer.concat(pieces)
    expect((bytes.length - 4) % 16).toBe(0)
    opened.read(bytes, 0, bytes.length)
  }
  // The last is larger than what a peer must take.
  expect(got.map((payload, at) => payload.equals(payloads[at] ?? key))).toEqual(got.map(() => true))
  expect(got).toHaveLength(sizes.length - 1)
  for (const [at, pieces] of packets.entries()) {
    const size = pieces.reduce((sum, piece) => sum + piece.length, 0)
    const padding = size - 4 - 16 - 1 - (sizes[at] ?? 0)
    expect(padding).toBeGreaterThanOrEqual(4)
    expect(padding).toBeLessThan(4 + 16)
  }
})

test('padding is never the same twice', () => {
  seal = made()
  const seen = new Set(
    Array.from({ length: 500 }, () => {
      const packet = seal.packet(7)
      return packet.subarray(5 + 7).toString('hex')
    }),
  )
  expect(seen.size).toBe(500)
})
