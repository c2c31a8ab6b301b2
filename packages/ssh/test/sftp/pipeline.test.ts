import { setImmediate as turn } from 'node:timers/promises'

import { expect, test } from 'vitest'

import type { NetError } from '@net/core'
import { netError } from '@net/core/authoring'

import { fields, uint32 } from '../../src/identity/wire.ts'
import { PACKET } from '../../src/sftp/packets.ts'
import { Pipeline } from '../../src/sftp/pipeline.ts'
import { packetOf, pathRequest } from '../../src/sftp/requests.ts'

const STAT = pathRequest(PACKET.STAT, Buffer.from('a'))

test('answers find their requests in whatever order they come', async () => {
  const { pipeline, idOf } = started()
  const asked = [pipeline.ask(STAT), pipeline.ask(STAT), pipeline.ask(STAT)]
  for (const at of [2, 0, 1]) pipeline.arrived(status(idOf(at), at + 10))
  const codes = (await Promise.all(asked)).map((reply) => reply.type === 'status' && reply.code)
  expect(codes).toEqual([10, 11, 12])
  expect(pipeline.waiting).toBe(0)
})

test('[H-SSH-16] an answer that nobody waits for ends all that wait', async () => {
  const { pipeline, broken, idOf } = started()
  const asked = [pipeline.ask(STAT), pipeline.ask(STAT)]
  const first = idOf(0)
  pipeline.arrived(status(first, 0))
  await asked[0]
  pipeline.arrived(status(first, 0))
  await expect(asked[1]).rejects.toMatchObject({ code: 'NET_PROTO_UNEXPECTED' })
  expect(broken).toHaveLength(1)
  await expect(pipeline.ask(STAT)).rejects.toBe(broken[0])
})

test('[H-SSH-19] what is no packet, or no answer, ends all that wait', async () => {
  for (const bad of [
    Buffer.alloc(9),
    Buffer.alloc(9, 0xff),
    packetOf(1, { type: 77, body: uint32(0) }),
    packetOf(1, { type: PACKET.STATUS, body: new Uint8Array(2) }),
    packetOf(3, { type: PACKET.VERSION, body: new Uint8Array(0) }),
  ]) {
    const { pipeline, broken } = started()
    const asked = pipeline.ask(STAT)
    pipeline.arrived(bad)
    pipeline.arrived(status(1, 0))
    await expect(asked).rejects.toMatchObject({ code: expect.stringMatching(/^NET_PROTO_/) })
    expect(broken).toHaveLength(1)
  }
})

test('all that wait settle when the channel goes', async () => {
  const { pipeline } = started()
  const asked = [pipeline.ask(STAT), pipeline.ask(STAT)]
  const gone = netError('NET_CONN_CLOSED', { message: 'gone' })
  pipeline.fail(gone)
  for (const each of asked) await expect(each).rejects.toBe(gone)
  await expect(pipeline.expect().reply).rejects.toBe(gone)
})

test('ids never wrap into one that is in use', async () => {
  const { pipeline, idOf } = started(2 ** 32 - 3)
  const asked = Array.from({ length: 4 }, () => pipeline.ask(STAT))
  expect([0, 1, 2, 3].map(idOf)).toEqual([2 ** 32 - 2, 2 ** 32 - 1, 0, 1])
  for (const at of [0, 1, 2, 3]) pipeline.arrived(status(idOf(at), 0))
  await Promise.all(asked)
  // One that has waited since the round before keeps its id.
  const round = started(5)
  const [old, next] = [round.pipeline.ask(STAT), round.pipeline.ask(STAT)]
  round.pipeline.countFrom(5)
  const fresh = round.pipeline.ask(STAT)
  expect([0, 1, 2].map(round.idOf)).toEqual([6, 7, 8])
  for (const id of [6, 7, 8]) round.pipeline.arrived(status(id, 0))
  await Promise.all([old, next, fresh])
})

test('the version comes first, and once', async () => {
  const { pipeline, broken } = unstarted()
  pipeline.arrived(status(0, 0))
  await expect(pipeline.version).rejects.toMatchObject({ code: 'NET_PROTO_UNEXPECTED' })
  expect(broken).toHaveLength(1)
  const fine = started()
  expect(await fine.pipeline.version).toMatchObject({ version: 3 })
})

test('it hears of the bytes of an answer as they come', async () => {
  const { pipeline, idOf } = started()
  const parts: number[] = []
  const asked = pipeline.ask(STAT, {
    memory: (length) => Buffer.alloc(length),
    part: (length) => void parts.push(length),
  })
  const packet = packetOf(idOf(0), { type: PACKET.DATA, body: fields('0123456789') })
  pipeline.arrived(packet.subarray(0, 15))
  pipeline.arrived(packet.subarray(15))
  expect(await asked).toMatchObject({ length: 10 })
  expect(parts).toEqual([6, 8])
})

test('what is asked in one turn leaves as one, ahead of what is sent then', async () => {
  const { pipeline, written } = started()
  const asked = [pipeline.ask(STAT), pipeline.ask(STAT)]
  expect(written).toHaveLength(0)
  const { id, reply } = pipeline.expect()
  await pipeline.send(packetOf(id, STAT))
  const { length } = packetOf(1, STAT)
  expect(written.map((packet) => packet.length)).toEqual([2 * length, length])
  const later = pipeline.ask(STAT)
  await turn()
  expect(written).toHaveLength(3)
  for (const each of [1, 2, 3, 4]) pipeline.arrived(status(each, each))
  const replies = await Promise.all([...asked, reply, later])
  expect(replies).toMatchObject([{ code: 1 }, { code: 2 }, { code: 3 }, { code: 4 }])
})

function unstarted(firstId?: number): {
  readonly pipeline: Pipeline
  readonly broken: NetError[]
  readonly written: readonly Buffer[]
  idOf(at: number): number
} {
  const written: Buffer[] = []
  const broken: NetError[] = []
  const pipeline = new Pipeline(
    {
      write: async (packet) => {
        written.push(Buffer.from(packet))
        return true
      },
      broken: (error) => void broken.push(error),
    },
    firstId,
  )
  const idOf = (at: number): number => {
    pipeline.flush()
    const all = Buffer.concat(written)
    let start = 0
    for (let packet = 0; packet < at; packet++) start += 4 + all.readUInt32BE(start)
    return all.readUInt32BE(start + 5)
  }
  return { pipeline, broken, written, idOf }
}

function started(firstId?: number): ReturnType<typeof unstarted> {
  const made = unstarted(firstId)
  made.pipeline.arrived(packetOf(3, { type: PACKET.VERSION, body: fields('a', '1') }))
  return made
}

function status(id: number, code: number): Buffer {
  return packetOf(id, { type: PACKET.STATUS, body: uint32(code) })
}
