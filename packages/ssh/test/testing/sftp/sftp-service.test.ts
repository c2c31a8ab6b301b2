import { expect, test } from 'vitest'

import { fields, uint32 } from '../../../src/identity/wire.ts'
import { PACKET } from '../../../src/sftp/packets.ts'
import { initPacket, openRequest, packetOf, pathRequest } from '../../../src/sftp/requests.ts'
import { MANNERS } from '../../../src/testing/sftp/server-manners.ts'
import { SftpService, type ServedRequest } from '../../../src/testing/sftp/sftp-service.ts'
import { SftpTree } from '../../../src/testing/sftp/sftp-tree.ts'

test('requests are told by their names and paths, however the bytes are cut', async () => {
  const { service, requests, versions } = started()
  const packets = Buffer.concat([
    initPacket(3),
    packetOf(7, openRequest(Buffer.from('/a'), { flags: 1 })),
    packetOf(8, { type: PACKET.RENAME, body: fields('/a', '/b') }),
    packetOf(9, { type: PACKET.EXTENDED, body: fields('x@y') }),
  ])
  for (const byte of packets) service.feed(Buffer.of(byte))
  expect(versions).toEqual([3])
  expect(requests.map(({ id, line }) => [id, line])).toEqual([
    [7, 'OPEN /a'],
    [8, 'RENAME /a /b'],
    [9, 'x@y'],
  ])
  const types = []
  for (const request of requests) types.push((await request.answer()).type)
  expect(types).toEqual([PACKET.HANDLE, PACKET.STATUS, PACKET.STATUS])
  expect(service.open).toBe(1)
})

test('no path leads above the root, and what is cut or unknown is refused', async () => {
  const { service, requests } = started()
  service.feed(packetOf(1, pathRequest(PACKET.REALPATH, Buffer.from('/../../a/./b/..'))))
  service.feed(packetOf(2, { type: PACKET.READ, body: Buffer.concat([fields('h'), uint32(0)]) }))
  service.feed(packetOf(3, { type: 77, body: fields('') }))
  const [real, cut, unknown] = await Promise.all(requests.map((request) => request.answer()))
  expect(Buffer.from(real?.body ?? []).toString('latin1')).toContain('/a')
  expect([cut, unknown].map((answer) => Buffer.from(answer?.body ?? []).readUInt32BE())).toEqual([
    5, 8,
  ])
})

function started(): {
  readonly service: SftpService
  readonly requests: ServedRequest[]
  readonly versions: number[]
} {
  const requests: ServedRequest[] = []
  const versions: number[] = []
  const manners = MANNERS.openssh
  const rules = { manners, extensions: manners.extensions, maxHandles: 10 }
  const service = new SftpService(new SftpTree({ '/a': 'x' }), rules, {
    init: (version) => void versions.push(version),
    request: (request) => void requests.push(request),
  })
  return { service, requests, versions }
}
