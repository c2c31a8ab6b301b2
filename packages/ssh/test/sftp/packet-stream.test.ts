import { expect, test } from 'vitest'

import { fields } from '../../src/identity/wire.ts'
import { PacketStream } from '../../src/sftp/packet-stream.ts'
import { PACKET } from '../../src/sftp/packets.ts'
import { packetOf } from '../../src/sftp/requests.ts'

test('packets are found wherever the bytes are cut', () => {
  const packets = [
    packetOf(3, { type: PACKET.VERSION, body: fields('a', '1') }),
    packetOf(1, { type: PACKET.DATA, body: fields('0123456789') }),
    packetOf(2, { type: PACKET.STATUS, body: new Uint8Array(0) }),
  ]
  const all = Buffer.concat(packets)
  const whole = heard([all])
  expect(whole.packets.map(([type, id]) => [type, id])).toEqual([
    [2, 3],
    [103, 1],
    [101, 2],
  ])
  expect(whole.parts).toBe(14)
  for (let first = 0; first <= all.length; first++) {
    for (const second of [first, first + 1, first + 5]) {
      const cut = [all.subarray(0, first), all.subarray(first, second), all.subarray(second)]
      expect(heard(cut)).toEqual(whole)
    }
  }
})

test('all is copied, the bytes of files into memory of who has asked for them', () => {
  const packet = packetOf(1, { type: PACKET.DATA, body: fields('0123456789') })
  const memory = Buffer.alloc(20)
  for (const given of [memory.subarray(0, 14), undefined]) {
    const pieces: Buffer[] = []
    const stream = new PacketStream({
      packet: (_, __, body) => void pieces.push(...body),
      part: () => {},
      memory: (id, length) => (id === 1 && length === 14 ? given : undefined),
    })
    const lent = Buffer.alloc(8)
    for (let at = 0; at < packet.length; at += 8) {
      const size = packet.copy(lent, 0, at)
      stream.feed(lent.subarray(0, size))
    }
    expect(Buffer.concat(pieces).subarray(4).toString()).toBe('0123456789')
    expect(pieces.map((piece) => piece.buffer === memory.buffer)).toContain(given !== undefined)
  }
})

test('[H-SSH-19] a length that no packet has is refused, and nothing is set aside for it', () => {
  for (const length of [0, 1, 4, 2 ** 23, 2 ** 31, 2 ** 32 - 1]) {
    const packet = Buffer.alloc(9)
    packet.writeUInt32BE(length)
    expect(() => heard([packet])).toThrow(expect.objectContaining({ code: 'NET_PROTO_MALFORMED' }))
  }
})

test('it knows whether it is within a packet', () => {
  const stream = new PacketStream({ packet: () => {}, part: () => {} })
  const packet = packetOf(1, { type: PACKET.STATUS, body: fields('a') })
  const states = [...packet].map((_, at) => {
    stream.feed(packet.subarray(at, at + 1))
    return stream.isWithin
  })
  expect(states).toEqual(Array.from(packet, (_, at) => at < packet.length - 1))
})

function heard(chunks: readonly Buffer[]): {
  readonly packets: readonly (readonly [number, number, string])[]
  readonly parts: number
} {
  const packets: [number, number, string][] = []
  let parts = 0
  const stream = new PacketStream({
    packet: (type, id, body) => void packets.push([type, id, Buffer.concat(body).toString('hex')]),
    part: (_, length) => void (parts += length),
  })
  for (const chunk of chunks) stream.feed(chunk)
  return { packets, parts }
}
