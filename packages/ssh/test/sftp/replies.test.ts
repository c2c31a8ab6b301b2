import { expect, test } from 'vitest'

import { fields, uint32 } from '../../src/identity/wire.ts'
import { attributeBytes } from '../../src/sftp/attributes.ts'
import { PACKET } from '../../src/sftp/packets.ts'
import { readExtensions, readReply } from '../../src/sftp/replies.ts'

const named = Buffer.concat([fields('a', '-rw a'), attributeBytes({ size: 5 })])
const bodies = {
  [PACKET.STATUS]: Buffer.concat([uint32(4), fields('Failure', 'en')]),
  [PACKET.HANDLE]: fields('h'),
  [PACKET.DATA]: fields('0123'),
  [PACKET.NAME]: Buffer.concat([uint32(2), named, named]),
  [PACKET.ATTRS]: attributeBytes({ size: 5, modified: 1 }),
} as const

test('answers of every type are read', () => {
  expect(readReply(PACKET.STATUS, [bodies[101]])).toEqual({
    type: 'status',
    code: 4,
    text: 'Failure',
  })
  expect(readReply(PACKET.HANDLE, [bodies[102]])).toEqual({
    type: 'handle',
    handle: Buffer.from('h'),
  })
  expect(readReply(PACKET.DATA, [bodies[103]])).toEqual({
    type: 'data',
    pieces: [Buffer.from('0123')],
    length: 4,
  })
  expect(readReply(PACKET.NAME, [bodies[104]])).toMatchObject({ entries: [{ line: '-rw a' }, {}] })
  expect(readReply(PACKET.ATTRS, [bodies[105]])).toMatchObject({ attributes: { size: 5 } })
  expect(readReply(PACKET.EXTENDED_REPLY, [Buffer.from('x')])).toEqual({
    type: 'extended',
    data: Buffer.from('x'),
  })
})

test('an answer that is a little longer is understood, and what is behind it is no data', () => {
  for (const [type, body] of Object.entries(bodies)) {
    for (const more of [1, 4, 64]) {
      const longer = Buffer.concat([body, Buffer.alloc(more, 0x41)])
      expect(readReply(Number(type), [longer])).toEqual(readReply(Number(type), [body]))
    }
  }
})

test('[H-SSH-19] an answer is short of optional fields alone', () => {
  const status = bodies[PACKET.STATUS]
  for (let length = 4; length <= status.length; length++) {
    expect(readReply(PACKET.STATUS, [status.subarray(0, length)])).toMatchObject({ code: 4 })
  }
  for (const [type, body] of Object.entries(bodies)) {
    const least = Number(type) === PACKET.STATUS ? 4 : body.length
    for (let length = 0; length < least; length++) {
      expect(() => readReply(Number(type), [body.subarray(0, length)])).toThrow(
        expect.objectContaining({ code: 'NET_PROTO_MALFORMED' }),
      )
    }
  }
  const many = Buffer.concat([uint32(2 ** 31), named])
  expect(() => readReply(PACKET.NAME, [many])).toThrow('ends too early')
})

test('what is no answer is none', () => {
  expect(() => readReply(PACKET.OPEN, [])).toThrow(
    expect.objectContaining({ code: 'NET_PROTO_UNEXPECTED' }),
  )
})

test('data in pieces is the same data', () => {
  const body = fields('0123456789')
  for (let cut = 0; cut <= body.length; cut++) {
    const reply = readReply(PACKET.DATA, [body.subarray(0, cut), body.subarray(cut)])
    expect(reply.type === 'data' && Buffer.concat(reply.pieces).toString()).toBe('0123456789')
  }
})

test('a text that no terminal should see is shown, and a long one is cut', () => {
  const body = Buffer.concat([uint32(4), fields(`\u001b[2J${'x'.repeat(5000)}`)])
  const reply = readReply(PACKET.STATUS, [body])
  expect(reply.type === 'status' && reply.text).not.toContain('\u001b')
  expect(reply.type === 'status' && reply.text.length).toBeLessThan(600)
})

test('extensions are pairs, and one that is cut is left out', () => {
  expect([...readExtensions([fields('a', '1', 'b', '2')])]).toEqual([
    ['a', '1'],
    ['b', '2'],
  ])
  expect([...readExtensions([fields('a', '1', 'b')])]).toEqual([['a', '1']])
})
