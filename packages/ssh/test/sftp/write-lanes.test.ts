import { randomBytes } from 'node:crypto'

import { operation } from '@net/core/authoring'
import { expect, test, vi } from 'vitest'

import { fields, uint32 } from '../../src/identity/wire.ts'
import { PACKET, STATUS } from '../../src/sftp/packets.ts'
import { Pipeline } from '../../src/sftp/pipeline.ts'
import { packetOf } from '../../src/sftp/requests.ts'
import type { SftpChannel } from '../../src/sftp/sftp-channel.ts'
import { SftpSession } from '../../src/sftp/sftp-session.ts'
import { WriteBehind } from '../../src/sftp/write-behind.ts'
import { needsLanes, WriteLanes } from '../../src/sftp/write-lanes.ts'
import { failureOf } from '../embedded.ts'
import { openedSftp } from './opened.ts'

/** A channel whose server takes all, but for the answers that are given; it keeps what it is asked. */
class FakeChannel {
  readonly asked: number[] = []
  readonly written: number[] = []
  readonly pipeline: Pipeline
  ending: 'end' | 'cut' | undefined

  constructor(answers: Readonly<Record<number, number>> = {}) {
    this.pipeline = new Pipeline({
      write: async (bytes) => {
        const packet = Buffer.from(bytes)
        const [type, id] = [packet.readUInt8(4), packet.readUInt32BE(5)]
        this.asked.push(type)
        if (type === PACKET.WRITE) this.written.push(Number(packet.readBigUInt64BE(14)))
        const status = answers[type] ?? STATUS.OK
        const opens = type === PACKET.OPEN && status === STATUS.OK
        const reply = opens
          ? { type: PACKET.HANDLE, body: fields('l') }
          : { type: PACKET.STATUS, body: uint32(status) }
        setImmediate(() => this.pipeline.arrived(packetOf(id, reply)))
        return true
      },
      broken: () => {},
    })
    this.pipeline.arrived(packetOf(3, { type: PACKET.VERSION, body: new Uint8Array(0) }))
  }

  async end(): Promise<void> {
    this.ending = 'end'
  }

  cut(): void {
    this.ending = 'cut'
    this.pipeline.fail(new Error('cut') as never)
  }
}

/** Writes so many blocks over a channel and those beside it. */
async function written(main: FakeChannel, beside: (FakeChannel | undefined)[]): Promise<number> {
  const rules = {
    encoding: 'utf8',
    extensions: new Map(),
    software: 'OpenSSH_9.9',
    place: { folder: undefined },
    beside: async () => beside.shift() as unknown as SftpChannel | undefined,
  } as const
  const session = SftpSession.over(main.pipeline, rules)
  const spec = { protocol: 'sftp', operation: 'test', kind: 'transfer' } as const
  return operation(spec, undefined, async (op) => {
    const plan = { handle: Buffer.from('m'), start: 0, block: 100, asked: { what: 'write' } }
    const writing = new WriteBehind(session, op, plan)
    const lanes = new WriteLanes(session, op, '/a.part')
    try {
      await lanes.lead(writing)
      for (let at = 0; at < 40; at++) {
        await writing.room()
        writing.write(100)
      }
      await writing.finish()
      await lanes.close()
      return writing.gapless
    } finally {
      lanes.cut()
    }
  })
}

test('writes go over all channels, each of them once, and the further ones are closed', async () => {
  const main = new FakeChannel()
  const further = [new FakeChannel(), new FakeChannel(), new FakeChannel()]
  expect(await written(main, [...further])).toBe(4000)
  const all = [main, ...further].flatMap((channel) => channel.written)
  expect(all.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, at) => at * 100))
  for (const channel of further) {
    expect(channel.written.length).toBeGreaterThan(3)
    expect([channel.asked[0], channel.asked.at(-1)]).toEqual([PACKET.OPEN, PACKET.CLOSE])
    expect(channel.ending).toBe('end')
  }
})

test('where no further channel opens, or the file opens once only, all goes over those that are there', async () => {
  const refusing = new FakeChannel({ [PACKET.OPEN]: STATUS.FAILURE })
  for (const beside of [[], [refusing], [new FakeChannel(), refusing, new FakeChannel()]]) {
    const unused = beside[2]
    expect(await written(new FakeChannel(), beside)).toBe(4000)
    expect(unused?.asked ?? []).toEqual([])
  }
  expect(refusing.ending).toBe('cut')
})

test('a further channel that fails, or does not keep what it has, ends the upload', async () => {
  for (const type of [PACKET.WRITE, PACKET.CLOSE]) {
    const bad = new FakeChannel({ [type]: STATUS.FAILURE })
    const good = new FakeChannel()
    const error = await failureOf(written(new FakeChannel(), [good, bad]))
    expect(error).toMatchObject({ reply: { status: STATUS.FAILURE } })
    expect(good.ending).toBe(type === PACKET.WRITE ? 'cut' : 'end')
  }
})

test('they are for large files over long roads to servers that bear it', () => {
  const at = (software: string, trip: number, size: number | undefined, has = true): boolean =>
    needsLanes(
      {
        pipeline: { trip },
        rules: { software, beside: has ? async () => undefined : undefined },
      } as unknown as SftpSession,
      size,
    )
  const large = 8 * 1024 * 1024
  expect(at('OpenSSH_9.2p1', 30, large)).toBe(true)
  expect(at('OpenSSH_9.2p1', 20, large)).toBe(false)
  expect(at('OpenSSH_9.2p1', 30, large - 1)).toBe(false)
  expect(at('OpenSSH_9.2p1', 30, undefined)).toBe(false)
  expect(at('OpenSSH_9.2p1', 30, large, false)).toBe(false)
  expect(at('mod_sftp', 30, large)).toBe(false)
})

test('a large upload from far away is whole, and leaves nothing open', async () => {
  const trip = vi.spyOn(Pipeline.prototype, 'trip', 'get').mockReturnValue(100)
  try {
    await using opened = await openedSftp({ ssh: { quirks: { software: 'OpenSSH_9.9' } } })
    const bytes = randomBytes(9_000_000)
    await opened.sftp.writeFile('/a', bytes)
    expect(Buffer.from(opened.server.files.read('/a')).equals(bytes)).toBe(true)
    await opened.sftp.close()
    expect(opened.server.leftOpen).toBe(0)
  } finally {
    trip.mockRestore()
  }
})
