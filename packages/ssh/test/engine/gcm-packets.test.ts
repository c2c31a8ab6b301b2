import { createCipheriv, randomBytes } from 'node:crypto'

import { expect, test } from 'vitest'

import { GcmPackets } from '../../src/engine/gcm-packets.ts'

const key = randomBytes(16)
const firstIv = Buffer.concat([randomBytes(4), Buffer.from('00000000fffffffe', 'hex')])

/** What a server sends for these payloads (RFC 5647, section 7.2). */
function sent(payloads: readonly Buffer[], padding = 0): Buffer {
  let count = firstIv.readBigUInt64BE(4)
  const packets = payloads.map((payload) => {
    const pad = padding || 16 + 15 - ((payload.length + 16) % 16)
    const plain = Buffer.concat([Buffer.of(pad), payload, Buffer.alloc(16 + 15)])
    const body = plain.subarray(0, Math.ceil((payload.length + 17) / 16) * 16)
    const head = Buffer.alloc(4)
    head.writeUInt32BE(body.length)
    body[0] = padding || body.length - payload.length - 1
    const iv = Buffer.from(firstIv)
    iv.writeBigUInt64BE(count, 4)
    count += 1n
    const cipher = createCipheriv('aes-128-gcm', key, iv).setAAD(head)
    return Buffer.concat([head, cipher.update(body), cipher.final(), cipher.getAuthTag()])
  })
  return Buffer.concat(packets)
}

function reader(take: (payload: Buffer) => unknown, copies = false): GcmPackets {
  const gcmKey = { cipher: 'aes-128-gcm', key, iv: Buffer.from(firstIv) } as const
  return new GcmPackets(gcmKey, { take, copies: () => copies })
}

test('packets are the same however they are split, and their memory is their own', () => {
  const payloads = [1, 15, 16, 17, 1000, 0, 32_768].map((size) => randomBytes(size))
  const bytes = sent(payloads)
  for (const size of [1, 3, 20, 31, 1024, 65_536]) {
    const got: Buffer[] = []
    const packets = reader((payload) => void got.push(payload))
    const lent = Buffer.alloc(size)
    const verdicts = new Set<unknown>()
    for (let at = 0; at < bytes.length; at += size) {
      const length = bytes.copy(lent, 0, at, Math.min(at + size, bytes.length))
      verdicts.add(packets.read(lent, 0, length))
    }
    expect([...verdicts]).toEqual([undefined])
    expect(got.map((payload) => payload.equals(payloads[got.indexOf(payload)] ?? key))).toEqual(
      payloads.map(() => true),
    )
  }
})

test('the memory of a packet that was copied is free at once', () => {
  const bytes = sent([Buffer.from('one'), Buffer.from('two')])
  const [kept, lent]: Buffer[][] = [[], []]
  reader((payload) => void kept?.push(payload)).read(bytes, 0, bytes.length)
  reader((payload) => void lent?.push(payload), true).read(bytes, 0, bytes.length)
  expect(kept?.map(String)).toEqual(['one', 'two'])
  expect(lent?.map((payload) => payload.buffer.byteLength)).toEqual([0, 0])
})

test('who takes a packet may end the reading there', () => {
  const bytes = sent([Buffer.from('one'), Buffer.from('two')])
  const first = sent([Buffer.from('one')]).length
  expect(reader(() => false).read(bytes, 0, bytes.length)).toBe(first)
  expect(reader(() => 7).read(bytes, 0, bytes.length)).toBe(7)
})

test('what was not sent so is refused before it is taken', () => {
  const taken: Buffer[] = []
  const take = (payload: Buffer): void => void taken.push(payload)
  const bytes = sent([Buffer.from('one')])
  for (const at of [0, 4, 10, bytes.length - 1]) {
    const changed = Buffer.from(bytes)
    changed[at] = (changed[at] ?? 0) ^ 0x10
    expect(() => reader(take).read(changed, 0, changed.length)).toThrow()
  }
  for (const length of [0, 15, 17, 35_008]) {
    const head = Buffer.alloc(4)
    head.writeUInt32BE(length)
    expect(() => reader(take).read(head, 0, 4)).toThrow('Bad packet length')
  }
  const padded = sent([Buffer.from('one')], 255)
  expect(() => reader(take).read(padded, 0, padded.length)).toThrow(RangeError)
  expect(taken).toEqual([])
})
