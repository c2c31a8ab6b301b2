import { expect, test } from 'vitest'

import { operation } from '@net/core/authoring'

import { uint32 } from '../../src/identity/wire.ts'
import { PACKET, STATUS } from '../../src/sftp/packets.ts'
import { Pipeline } from '../../src/sftp/pipeline.ts'
import { packetOf } from '../../src/sftp/requests.ts'
import { SftpSession } from '../../src/sftp/sftp-session.ts'
import { WriteBehind } from '../../src/sftp/write-behind.ts'
import { failureOf } from '../embedded.ts'
import { openedSftp, patterned } from './opened.ts'

test('[SSH-55] blocks that leave one after the other arrive as the file was', async () => {
  const bytes = patterned(6_000_000)
  for (const shuffles of [false, true]) {
    await using opened = await openedSftp({ shuffles })
    await opened.sftp.writeFile('/a', bytes)
    expect(Buffer.from(opened.server.files.read('/a')).equals(bytes)).toBe(true)
  }
})

test('one refusal among many ends it, and tells how much is there without a gap', async () => {
  await using opened = await openedSftp()
  const { sftp, server } = opened
  server.fail({ on: 'WRITE', after: 5, do: { status: 4, text: 'disk error' } })
  const error = await failureOf(sftp.writeFile('/a', patterned(3_000_000), { inPlace: true }))
  expect(error).toMatchObject({ received: 5 * 65_536, reply: { text: 'disk error' } })
  expect(await sftp.exists('/a')).toBe(true)
})

test('writes are one by one where the server needs it', async () => {
  const underWay: number[] = []
  let count = 0
  const pipeline = new Pipeline({
    write: async (packet) => {
      const id = Buffer.from(packet).readUInt32BE(5)
      underWay.push((count += 1))
      setImmediate(() => {
        count -= 1
        pipeline.arrived(packetOf(id, { type: PACKET.STATUS, body: uint32(STATUS.OK) }))
      })
      return true
    },
    broken: () => {},
  })
  pipeline.arrived(packetOf(3, { type: PACKET.VERSION, body: new Uint8Array(0) }))
  const place = { folder: undefined }
  const rules = {
    encoding: 'utf8',
    extensions: new Map(),
    software: 'rclone/v1.60.1',
    place,
  } as const
  const session = SftpSession.over(pipeline, rules)
  const spec = { protocol: 'sftp', operation: 'test', kind: 'transfer' } as const
  await operation(spec, undefined, async (op) => {
    const plan = { handle: Buffer.from('h'), start: 0, block: 100, asked: { what: 'write' } }
    const writing = new WriteBehind(session, op, plan)
    for (let at = 0; at < 5; at++) {
      await writing.room()
      writing.write(100)
    }
    await writing.finish()
    expect([writing.position, writing.gapless]).toEqual([500, 500])
  })
  expect(underWay).toEqual([1, 1, 1, 1, 1])
})
