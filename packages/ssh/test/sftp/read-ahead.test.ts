import type { RemoteFiles, RemoteReadOptions } from '@net/core'
import { LENT_READS, operation } from '@net/core/authoring'
import { expect, test } from 'vitest'

import { fields, uint32 } from '../../src/identity/wire.ts'
import { attributeBytes } from '../../src/sftp/attributes.ts'
import { download } from '../../src/sftp/download.ts'
import { PACKET, STATUS } from '../../src/sftp/packets.ts'
import { Pipeline } from '../../src/sftp/pipeline.ts'
import { packetOf } from '../../src/sftp/requests.ts'
import { SftpSession } from '../../src/sftp/sftp-session.ts'
import { openedSftp, patterned } from './opened.ts'

test('[SSH-55] many requests are under way, and what comes is in order', async () => {
  const bytes = patterned(4_000_000)
  await using opened = await openedSftp({ files: { '/a': bytes }, like: 'rclone' })
  const { sftp, server } = opened
  server.fail({ on: 'READ', after: 100, do: 'short' })
  let seen = 0
  for await (const chunk of sftp.read('/a', { start: 7 })) {
    const expected = bytes.subarray(7 + seen, 7 + seen + chunk.length)
    expect(Buffer.compare(chunk, expected)).toBe(0)
    seen += chunk.length
  }
  expect(seen).toBe(bytes.length - 7)
})

test('a slow reader holds what is asked for within bounds', async () => {
  const bytes = patterned(12_000_000)
  await using opened = await openedSftp({ files: { '/a': bytes } })
  const { sftp, server } = opened
  const loop = sftp.read('/a')[Symbol.asyncIterator]()
  await loop.next()
  await expect.poll(() => reads(server.requests)).toBeGreaterThan(5)
  await sftp.exists('/a')
  await sftp.exists('/a')
  // 16 of 255 KiB each, and those whose place the first answers have left.
  expect(reads(server.requests)).toBeLessThan(40)
  await loop.return?.()
})

test('what is read for a copy is in memory that is used again, whatever comes short', async () => {
  const bytes = patterned(12_000_000)
  await using opened = await openedSftp({ files: { '/in/a': bytes } })
  const { server, sftp } = opened
  server.fail({ on: 'READ', after: 5, times: 3, do: 'short' })
  const tree = sftp.files('/in') as RemoteFiles & LendingTree
  const memory = new Set<ArrayBufferLike>()
  let seen = 7
  for await (const chunk of tree[LENT_READS]('a', { start: 7 })) {
    expect(Buffer.compare(chunk, bytes.subarray(seen, seen + chunk.length))).toBe(0)
    memory.add(chunk.buffer)
    seen += chunk.length
  }
  expect(seen).toBe(bytes.length)
  // 47 blocks in the memory of the 16 that may be under way, and what came behind a short answer.
  expect(memory.size).toBeLessThan(30)
})

test.each([0, 1, 4, 64])(
  'data with %i bytes behind it, cut anywhere, is the file',
  async (more) => {
    const bytes = patterned(3_000_000)
    const pipeline: Pipeline = new Pipeline({
      write: async (packets) => {
        const asked = Buffer.from(packets)
        for (let at = 0; at < asked.length; at += 4 + asked.readUInt32BE(at)) {
          const packet = asked.subarray(at)
          const reply = replyTo(packet, bytes, more)
          setImmediate(() => {
            for (let from = 0; from < reply.length; from += 7001) {
              pipeline.arrived(reply.subarray(from, from + 7001))
            }
          })
        }
        return true
      },
      broken: () => {},
    })
    pipeline.arrived(packetOf(3, { type: PACKET.VERSION, body: new Uint8Array(0) }))
    const place = { folder: undefined }
    const rules = { encoding: 'utf8', extensions: new Map(), software: 'other', place } as const
    const session = SftpSession.over(pipeline, rules)
    for (const lends of [true, false]) {
      const chunks: Buffer[] = []
      const sink = (chunk: Uint8Array): void => void chunks.push(Buffer.from(chunk))
      const spec = { protocol: 'sftp', operation: 'test', kind: 'transfer' } as const
      await operation(spec, undefined, (op) => download(session, op, { path: '/a', sink, lends }))
      expect(Buffer.concat(chunks).equals(bytes)).toBe(true)
    }
  },
)

/** What a server says that puts more behind the bytes of a file. */
function replyTo(packet: Buffer, bytes: Buffer, more: number): Buffer {
  const [type, id] = [packet.readUInt8(4), packet.readUInt32BE(5)]
  if (type === PACKET.STAT) {
    const body = attributeBytes({ size: bytes.length, permissions: 0o100644 })
    return packetOf(id, { type: PACKET.ATTRS, body })
  }
  if (type === PACKET.OPEN) return packetOf(id, { type: PACKET.HANDLE, body: fields('h') })
  const offset = type === PACKET.READ ? Number(packet.readBigUInt64BE(14)) : Infinity
  if (offset >= bytes.length) {
    const status = type === PACKET.READ ? STATUS.EOF : STATUS.OK
    return packetOf(id, { type: PACKET.STATUS, body: uint32(status) })
  }
  const part = bytes.subarray(offset, offset + packet.readUInt32BE(22))
  const body = Buffer.concat([uint32(part.length), part, Buffer.alloc(more, 1)])
  return packetOf(id, { type: PACKET.DATA, body })
}

interface LendingTree {
  [LENT_READS](path: string, options: RemoteReadOptions): AsyncIterable<Uint8Array>
}

function reads(requests: readonly string[]): number {
  return requests.filter((line) => line.startsWith('READ ')).length
}
