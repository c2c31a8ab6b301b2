import { randomBytes } from 'node:crypto'

import { operation } from '@net/core/authoring'
import { useFakeClock } from '@net/core/testing'
import { expect, onTestFinished, test, vi } from 'vitest'

import { fields, uint32 } from '../../src/identity/wire.ts'
import { PACKET, STATUS } from '../../src/sftp/packets.ts'
import { Pipeline } from '../../src/sftp/pipeline.ts'
import { packetOf } from '../../src/sftp/requests.ts'
import type { SftpChannel } from '../../src/sftp/sftp-channel.ts'
import { SftpSession } from '../../src/sftp/sftp-session.ts'
import { upload } from '../../src/sftp/upload.ts'
import { WriteBehind } from '../../src/sftp/write-behind.ts'
import { needsLanes, WriteLanes } from '../../src/sftp/write-lanes.ts'
import { failureOf } from '../embedded.ts'
import { openedSftp } from './opened.ts'

/**
 * A channel whose server takes all, but for the answers that are given; it keeps what it is asked. What it answers to writes
 * waits for `held`.
 */
class FakeChannel {
  readonly asked: number[] = []
  readonly written: number[] = []
  readonly pipeline: Pipeline
  readonly wanted: Promise<void>
  /** A call waits for its place. */
  readonly want: () => void
  readonly gone: Promise<void>
  readonly goes: () => void
  ending: 'end' | 'cut' | undefined

  constructor(answers: Readonly<Record<number, number>> = {}, held?: Promise<void>) {
    const [wanted, gone] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    this.wanted = wanted.promise
    this.want = wanted.resolve
    this.gone = gone.promise
    this.goes = gone.resolve
    this.pipeline = new Pipeline({
      write: async (bytes) => {
        const written = Buffer.from(bytes)
        for (let at = 0; at < written.length; at += 4 + written.readUInt32BE(at)) {
          this.#hear(written.subarray(at), answers, held)
        }
        return true
      },
      broken: () => {},
    })
    this.pipeline.arrived(packetOf(3, { type: PACKET.VERSION, body: new Uint8Array(0) }))
  }

  #hear(packet: Buffer, answers: Readonly<Record<number, number>>, held?: Promise<void>): void {
    const [type, id] = [packet.readUInt8(4), packet.readUInt32BE(5)]
    this.asked.push(type)
    if (type === PACKET.WRITE) this.written.push(Number(packet.readBigUInt64BE(14)))
    const status = answers[type] ?? STATUS.OK
    const opens = type === PACKET.OPEN && status === STATUS.OK
    const reply = opens
      ? { type: PACKET.HANDLE, body: fields('l') }
      : { type: PACKET.STATUS, body: uint32(status) }
    const answer = (): unknown => setImmediate(() => this.pipeline.arrived(packetOf(id, reply)))
    if (type === PACKET.WRITE && held !== undefined) void held.then(answer)
    else answer()
  }

  async end(): Promise<void> {
    this.ending = 'end'
    this.goes()
  }

  cut(): void {
    this.ending = 'cut'
    this.pipeline.fail(new Error('cut') as never)
  }
}

/** A session over a channel and those beside it. */
function sessionOver(main: FakeChannel, beside: (FakeChannel | undefined)[]): SftpSession {
  const rules = {
    encoding: 'utf8',
    extensions: new Map(),
    software: 'OpenSSH_9.9',
    place: { folder: undefined },
    beside: async () => beside.shift() as unknown as SftpChannel | undefined,
  } as const
  return SftpSession.over(main.pipeline, rules)
}

/** Writes so many blocks over a channel and those beside it; `before` is called before each. */
async function written(
  main: FakeChannel,
  beside: (FakeChannel | undefined)[],
  before: (block: number) => void = () => {},
): Promise<number> {
  const session = sessionOver(main, beside)
  const spec = { protocol: 'sftp', operation: 'test', kind: 'transfer' } as const
  return operation(spec, undefined, async (op) => {
    const plan = { handle: Buffer.from('m'), start: 0, block: 100, asked: { what: 'write' } }
    const writing = new WriteBehind(session, op, plan)
    const lanes = new WriteLanes(session, op, '/a.part', writing)
    try {
      await lanes.lead()
      for (let at = 0; at < 40; at++) {
        before(at)
        await writing.room()
        writing.write(100)
      }
      await writing.finish()
      await lanes.close()
      return writing.gapless
    } catch (error) {
      await lanes.leave()
      throw error
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
    expect(good.ending).toBe('end')
  }
})

test('one that a call waits for is closed when what is under way on it is there, and the rest goes over the others', async () => {
  const main = new FakeChannel()
  const [wanted, kept, late] = [new FakeChannel(), new FakeChannel(), new FakeChannel()]
  late.want()
  let before = 0
  const end = await written(main, [wanted, kept, late], (block) => {
    if (block !== 20) return
    wanted.want()
    before = wanted.written.length
  })
  expect(end).toBe(4000)
  const all = [main, wanted, kept, late].flatMap((channel) => channel.written)
  expect(all.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, at) => at * 100))
  // The one that is being written in the same turn.
  expect(wanted.written.length).toBeLessThanOrEqual(before + 1)
  expect(late.written).toEqual([])
  for (const channel of [wanted, kept, late]) {
    expect([channel.asked.at(-1), channel.ending]).toEqual([PACKET.CLOSE, 'end'])
  }
})

test('what the server says to the end of one that gave way is an error of the upload', async () => {
  const bad = new FakeChannel({ [PACKET.CLOSE]: STATUS.FAILURE })
  const failing = written(new FakeChannel(), [bad], () => bad.want())
  expect(await failureOf(failing)).toMatchObject({ reply: { status: STATUS.FAILURE } })
})

test.each(['answers', 'is gone'])(
  'the next upload to a name begins when a further channel of a stopped one %s',
  async (way) => {
    const trip = vi.spyOn(Pipeline.prototype, 'trip', 'get').mockReturnValue(100)
    onTestFinished(() => trip.mockRestore())
    const held = Promise.withResolvers<void>()
    const main = new FakeChannel({ [PACKET.LSTAT]: STATUS.NO_SUCH_FILE, [PACKET.FSTAT]: 4 })
    const further = new FakeChannel({}, held.promise)
    const session = sessionOver(main, [further])
    const controller = new AbortController()
    const send = (bytes: Uint8Array, signal?: AbortSignal): Promise<unknown> =>
      operation(
        { protocol: 'sftp', operation: 'upload', kind: 'transfer' },
        { signal, retry: false },
        (op) => upload(session, op, { source: bytes, path: '/a' }),
      )
    const stopped = failureOf(send(new Uint8Array(9_000_000), controller.signal))
    await vi.waitUntil(() => further.written.length > 0, { timeout: 20_000 })
    controller.abort()
    expect(await stopped).toMatchObject({ code: 'NET_ABORTED' })
    const opened = (): number => main.asked.filter((type) => type === PACKET.OPEN).length
    const next = send(Buffer.from('new'))
    if (way === 'is gone') further.pipeline.fail(new Error('ended') as never)
    // As long as the second one would need to have its file open.
    for (let round = 0; round < 50; round++) await new Promise((done) => setImmediate(done))
    expect(opened()).toBe(1)
    if (way === 'is gone') further.goes()
    else held.resolve()
    await next
    expect(opened()).toBe(2)
    expect(main.asked.indexOf(PACKET.REMOVE)).toBeLessThan(main.asked.lastIndexOf(PACKET.OPEN))
  },
)

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

test('a command does not wait for a large upload from far away where the server runs few sessions', async () => {
  const trip = vi.spyOn(Pipeline.prototype, 'trip', 'get').mockReturnValue(100)
  onTestFinished(() => trip.mockRestore())
  using clock = useFakeClock()
  const ssh = { quirks: { software: 'OpenSSH_9.9' }, maxSessions: 3, exec: { ls: 'a' } }
  await using opened = await openedSftp({ shuffles: true, ssh })
  const { sftp, server, host } = opened
  // The upload cannot end before.
  server.fail({ on: 'WRITE', do: { delay: 20 } })
  const bytes = randomBytes(9_000_000)
  const sending = sftp.writeFile('/a', bytes)
  const opening = () => server.ssh.received.filter(({ what }) => what === 'subsystem').length === 3
  await server.ssh.waitFor(opening)
  expect((await host.exec('ls')).stdout).toBe('a')
  expect(await Promise.all([host.exec('ls'), host.exec('ls')])).toHaveLength(2)
  await clock.advance(20)
  await sending
  expect(Buffer.from(server.files.read('/a')).equals(bytes)).toBe(true)
  // None is asked for any more.
  await sftp.writeFile('/a', bytes)
  expect(opening()).toBe(true)
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
