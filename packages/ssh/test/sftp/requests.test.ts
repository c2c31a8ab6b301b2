import { expect, test } from 'vitest'

import { PACKET } from '../../src/sftp/packets.ts'
import {
  attributesRequest,
  extendedRequest,
  handleRequest,
  initPacket,
  openRequest,
  packetOf,
  pairRequest,
  pathRequest,
  readRequest,
  writeHeadLength,
  writePacket,
  writeRequest,
} from '../../src/sftp/requests.ts'

const handle = Buffer.from('h1')

test('packets are as the draft has them', () => {
  expect(initPacket(3).toString('hex')).toBe('000000050100000003')
  const hex = (request: { type: number; body: Uint8Array }): string =>
    packetOf(7, request).toString('hex')
  expect(hex(pathRequest(PACKET.STAT, Buffer.from('a')))).toBe('0000000a11000000070000000161')
  expect(hex(openRequest(Buffer.from('a'), { flags: 1 }))).toBe(
    '00000012030000000700000001610000000100000000',
  )
  expect(hex(handleRequest(PACKET.CLOSE, handle))).toBe('0000000b0400000007000000026831')
  expect(hex(readRequest(handle, 2 ** 32 + 1, 5))).toBe(
    '000000170500000007000000026831000000010000000100000005',
  )
  expect(hex(pairRequest(PACKET.RENAME, Buffer.from('a'), Buffer.from('b')))).toBe(
    '0000000f120000000700000001610000000162',
  )
  expect(hex(attributesRequest(PACKET.MKDIR, Buffer.from('a'), { permissions: 0o700 }))).toBe(
    '000000120e00000007000000016100000004000001c0',
  )
  expect(hex(extendedRequest('x', Buffer.from('y')))).toBe('0000000bc800000007000000017879')
})

test('a write around its data is the same packet', () => {
  const data = Buffer.from('some data')
  const at = writeHeadLength(handle) + 3
  const memory = Buffer.alloc(at + data.length + 4, 0xee)
  data.copy(memory, at)
  const packet = writePacket(memory, at, { id: 9, handle, offset: 77, length: data.length })
  expect(packet).toEqual(packetOf(9, writeRequest(handle, 77, data)))
  expect(packet.buffer).toBe(memory.buffer)
  expect([memory[0], memory[2], memory.at(-1)]).toEqual([0xee, 0xee, 0xee])
})
