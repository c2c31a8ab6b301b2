// What holds of SFTP for all input: bytes of a server or a client that are damaged, cut anywhere, or were never SFTP.

import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { isNetError } from '@net/core'
import { netError } from '@net/core/authoring'

import { fields, FieldReader, uint32 } from '../../src/identity/wire.ts'
import { attributeBytes, readAttributes, typeBits } from '../../src/sftp/attributes.ts'
import { nameBytes, nameText } from '../../src/sftp/name-text.ts'
import { PACKET } from '../../src/sftp/packets.ts'
import { Pipeline } from '../../src/sftp/pipeline.ts'
import { readReply } from '../../src/sftp/replies.ts'
import { packetOf, pathRequest } from '../../src/sftp/requests.ts'
import { MANNERS } from '../../src/testing/sftp/server-manners.ts'
import { SftpService } from '../../src/testing/sftp/sftp-service.ts'
import { SftpTree } from '../../src/testing/sftp/sftp-tree.ts'

const RUNS = { numRuns: 10_000, seed: 20_261_130 }
const REQUESTS = 5

const damage = fc.record({
  at: fc.nat(400),
  kind: fc.constantFrom('flip', 'cut', 'insert', 'repeat', 'none'),
  byte: fc.nat(255),
})
const cuts = fc.array(fc.nat(400), { maxLength: 5 })

test('[H-SSH-19] [H-SSH-16] whatever a server sends, every request settles, however the bytes are cut', async () => {
  const property = fc.asyncProperty(damage, cuts, async (how, at) => {
    const bytes = damaged(answers(), how)
    const whole = await outcomes([bytes])
    expect(await outcomes(piecesOf(bytes, at))).toEqual(whole)
    expect(whole).toHaveLength(REQUESTS)
  })
  await fc.assert(property, RUNS)
})

test('[H-SSH-19] any bytes are an answer, or an error of ours', () => {
  const property = fc.property(fc.nat(255), fc.uint8Array({ maxLength: 60 }), (type, bytes) => {
    try {
      readReply(type, [Buffer.from(bytes)])
    } catch (error) {
      expect(isNetError(error) && error.code).toMatch(/^NET_PROTO_/)
    }
  })
  fc.assert(property, RUNS)
})

test('names and attributes come back as they were written', () => {
  const name = fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
    const given = Buffer.from(bytes)
    for (const encoding of ['utf8', 'latin1'] as const) {
      expect(nameBytes(nameText(given, encoding), encoding).equals(given)).toBe(true)
    }
  })
  fc.assert(name, RUNS)
  const number = fc.nat(0xffff_ffff)
  const optional = fc.option(fc.tuple(number, number), { nil: undefined })
  const attributes = fc.property(
    fc.option(fc.nat(Number.MAX_SAFE_INTEGER), { nil: undefined }),
    fc.option(fc.nat(0o7777), { nil: undefined }),
    optional,
    optional,
    (size, mode, owner, times) => {
      const given = {
        ...(size === undefined ? {} : { size }),
        ...(mode === undefined ? {} : { permissions: mode | typeBits('file') }),
        ...(owner === undefined ? {} : { uid: owner[0], gid: owner[1] }),
        ...(times === undefined ? {} : { accessed: times[0], modified: times[1] }),
      }
      expect(readAttributes(new FieldReader(attributeBytes(given)))).toEqual(given)
    },
  )
  fc.assert(attributes, RUNS)
})

test('whatever a client sends, the server for tests answers or ends', async () => {
  const type = fc.constantFrom(...Object.values(PACKET))
  const body = fc.uint8Array({ maxLength: 40 })
  const property = fc.asyncProperty(type, body, fc.nat(255), async (type, bytes, filler) => {
    const pending: Promise<unknown>[] = []
    const manners = MANNERS.openssh
    const rules = { manners, extensions: manners.extensions, maxHandles: 10 }
    const service = new SftpService(new SftpTree({ '/a': 'x' }), rules, {
      init: () => {},
      request: (request) => void pending.push(request.answer()),
    })
    const framed = Buffer.concat([fields(Buffer.alloc(2, filler)), bytes])
    for (const content of [bytes, framed]) service.feed(packetOf(7, { type, body: content }))
    await Promise.all(pending)
  })
  await fc.assert(property, { ...RUNS, numRuns: 3000 })
})

/** The answers to as many requests, behind the version. */
function answers(): Buffer {
  const named = Buffer.concat([fields('a', '-rw a'), attributeBytes({ size: 5 })])
  return Buffer.concat([
    packetOf(3, { type: PACKET.VERSION, body: fields('a', '1') }),
    packetOf(1, { type: PACKET.STATUS, body: Buffer.concat([uint32(4), fields('no', 'en')]) }),
    packetOf(2, { type: PACKET.HANDLE, body: fields('h') }),
    packetOf(3, { type: PACKET.DATA, body: fields('0123456789') }),
    packetOf(4, { type: PACKET.NAME, body: Buffer.concat([uint32(2), named, named]) }),
    packetOf(5, { type: PACKET.ATTRS, body: attributeBytes({ size: 5, modified: 1 }) }),
  ])
}

interface Damage {
  readonly at: number
  readonly kind: string
  readonly byte: number
}

function damaged(bytes: Buffer, { at, kind, byte }: Damage): Buffer {
  const place = at % bytes.length
  const [before, behind] = [bytes.subarray(0, place), bytes.subarray(place)]
  if (kind === 'cut') return Buffer.from(before)
  if (kind === 'insert') return Buffer.concat([before, Buffer.of(byte), behind])
  if (kind === 'repeat') return Buffer.concat([bytes, behind])
  if (kind === 'none') return bytes
  return Buffer.concat([before, Buffer.of(byte), behind.subarray(1)])
}

function piecesOf(bytes: Buffer, at: readonly number[]): readonly Buffer[] {
  const ends = [...at.filter((end) => end < bytes.length), bytes.length].toSorted((a, b) => a - b)
  return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end))
}

/** What became of the requests, once all of it has come and the channel has ended. */
async function outcomes(pieces: readonly Buffer[]): Promise<readonly string[]> {
  const pipeline = new Pipeline({ write: async () => true, broken: () => {} })
  const request = pathRequest(PACKET.STAT, Buffer.from('a'))
  const asked = Array.from({ length: REQUESTS }, () => pipeline.ask(request))
  for (const piece of pieces) pipeline.arrived(piece)
  pipeline.fail(netError('NET_CONN_CLOSED', { message: 'the channel has ended' }))
  const settled = await Promise.allSettled(asked)
  return settled.map((outcome) =>
    outcome.status === 'fulfilled'
      ? JSON.stringify(outcome.value, (key, value: unknown) =>
          key === 'pieces' ? Buffer.concat(value as Buffer[]).toString('hex') : value,
        )
      : (outcome.reason as { code: string }).code,
  )
}
