import {
  connect,
  delimited,
  jsonLines,
  lengthPrefixed,
  lines,
  listen,
  netstrings,
  overTransport,
  type Connection,
  type FrameCodec,
} from '@net/socket'
import { memoryPair } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { bytes, failure, latin1, thrown } from '../support.ts'

test('[SOCK-25] both sides of a connection exchange messages by their lengths', async () => {
  const codec = lengthPrefixed()
  const answer = async (connection: Connection): Promise<void> => {
    for await (const message of connection.frames(lengthPrefixed()))
      await connection.write(codec.encode(Buffer.from(latin1(message).toUpperCase())))
  }
  await using server = await listen('tcp://127.0.0.1:0', answer)
  await using connection = await connect(server.url)
  const sent = ['one', '', 'x'.repeat(200_000)]
  await connection.write(sent.map((each) => codec.encode(bytes(each))))
  await connection.end()
  const got: string[] = []
  for await (const message of connection.frames(lengthPrefixed())) got.push(latin1(message))
  expect(got).toEqual(sent.map((each) => each.toUpperCase()))
})

test('[SOCK-25] a loop that was left goes on where it was, in the middle of a chunk too', async () => {
  const [near, far] = memoryPair()
  await using connection = overTransport(near)
  await using peer = overTransport(far)
  const codec = lengthPrefixed({ size: 1 })
  await peer.write(['a', 'b', 'c'].map((each) => codec.encode(bytes(each))))
  const frames = connection.frames(lengthPrefixed({ size: 1 }))
  const got: string[] = []
  for (let loop = 0; loop < 3; loop++) {
    for await (const message of frames) {
      got.push(latin1(message))
      break
    }
  }
  expect(got).toEqual(['a', 'b', 'c'])
})

test('an end in the middle of a message, and one that is too long, reject with what the codec throws', async () => {
  for (const [sent, code] of [
    [[3, 65], 'NET_PROTO_INCOMPLETE'],
    [[9, 65], 'NET_PROTO_LIMIT'],
  ] as const) {
    const [near, far] = memoryPair()
    await using connection = overTransport(near)
    await using peer = overTransport(far)
    await peer.write(Uint8Array.from(sent))
    await peer.end()
    const loop = connection.frames(lengthPrefixed({ size: 1, limit: 8 }))[Symbol.asyncIterator]()
    expect(await failure(loop.next())).toMatchObject({ code, operation: 'frames' })
  }
})

/** Two messages, and behind them what is none; for each codec. */
const broken: readonly (readonly [string, () => FrameCodec<unknown>, string])[] = [
  ['jsonLines', () => jsonLines(), '{"a":1}\n{"a":2}\nxx\n'],
  ['netstrings', () => netstrings(), '1:a,1:b,x'],
  ['lengthPrefixed', () => lengthPrefixed({ size: 1, limit: 5 }), '\u0001a\u0001bz'],
  ['delimited', () => delimited(';', { limit: 3 }), 'a;b;cccccc'],
  ['lines', () => lines({ limit: 3 }), 'a\r\nb\r\ncccccc'],
]

test.each(broken)(
  '[H-SOCK-14] %s: messages before a fault are given, wherever the bytes are cut',
  (_, make, text) => {
    const whole = bytes(text)
    for (let cut = 0; cut <= whole.length; cut++) {
      const codec = make()
      const got: unknown[] = []
      const reading = (): void => {
        got.push(...codec.decode(whole.subarray(0, cut)))
        got.push(...codec.decode(whole.subarray(cut)))
        codec.finish()
      }
      expect(thrown(reading).code).toMatch(/^NET_PROTO_/)
      expect(got).toHaveLength(2)
    }
  },
)

test.each(broken)(
  '%s: a loop gets the messages before a fault, and then the fault at once',
  async (_, make, text) => {
    const [near, far] = memoryPair()
    await using connection = overTransport(near)
    await using peer = overTransport(far)
    await peer.write(text)
    const loop = connection.frames(make())[Symbol.asyncIterator]()
    expect(await loop.next()).toMatchObject({ done: false })
    expect(await loop.next()).toMatchObject({ done: false })
    expect(await failure(loop.next())).toMatchObject({ operation: 'frames' })
  },
)

test.each(broken)('%s: the memory of a chunk may be used again behind decode', (_, make, text) => {
  const codec = make()
  const [first, second] = [text.slice(0, 3), text.slice(3, 12)].map(bytes)
  const memory = Buffer.alloc(16)
  const got: unknown[] = []
  const shown = (message: unknown): string =>
    message instanceof Uint8Array ? latin1(message) : JSON.stringify(message)
  for (const piece of [first!, second!]) {
    memory.set(piece)
    try {
      got.push(...codec.decode(memory.subarray(0, piece.length)))
    } catch {
      // The fault behind the messages.
    }
    memory.fill(0x7a)
  }
  expect(shown(got[0])).toBe(shown(make().decode(bytes(text))[0]))
})

test('what is not a codec is refused at the call', async () => {
  await using connection = overTransport(memoryPair()[0])
  expect(() => connection.frames({} as never)).toThrow(/codec/)
})
