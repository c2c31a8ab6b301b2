import { connect, lengthPrefixed, listen, overTransport, type Connection } from '@net/socket'
import { memoryPair } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { bytes, failure, latin1 } from '../support.ts'

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

test('what is not a codec is refused at the call', async () => {
  await using connection = overTransport(memoryPair()[0])
  expect(() => connection.frames({} as never)).toThrow(/codec/)
})
