import { useFakeClock } from '@net/core/testing'
import { connect, tcpDialer } from '@net/socket'
import { checkDialer, delayed, memoryDialer, startEchoServer } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { bytes, failure, latin1, thrown } from '../support.ts'

const at = { scheme: 'tcp', host: 'a.test', port: 7 }

async function listening() {
  const dialer = memoryDialer()
  const listener = await dialer.listen!(at)
  return { dialer, accept: async () => (await listener.accept())! }
}

test('connecting takes a round trip, and each direction half of it', async () => {
  using clock = useFakeClock()
  const { dialer, accept } = await listening()
  let ours: Awaited<ReturnType<typeof dialer.dial>> | undefined
  const dialing = delayed(dialer, 100)
    .dial(at)
    .then((transport) => (ours = transport))
  const theirs = await accept()
  await clock.advance(99)
  expect(ours).toBeUndefined()
  await clock.advance(1)
  const transport = await dialing
  let heard = ''
  const reading = theirs.read().then((chunk) => (heard = latin1(chunk)))
  await transport.write([bytes('ping')])
  await clock.advance(49)
  expect(heard).toBe('')
  await clock.advance(1)
  await reading
  expect(heard).toBe('ping')
  let answer = ''
  const answered = transport.read().then((chunk) => (answer = latin1(chunk)))
  await theirs.write([bytes('pong')])
  await clock.advance(49)
  expect(answer).toBe('')
  await clock.advance(1)
  await answered
  expect(answer).toBe('pong')
})

test('bytes leave at the bandwidth, one write behind the other', async () => {
  using clock = useFakeClock()
  const { dialer, accept } = await listening()
  const dialing = delayed(dialer, 0, { bandwidth: 1000 }).dial(at)
  const theirs = await accept()
  const transport = await dialing
  let received = 0
  const reading = (async () => {
    while (received < 500) received += (await theirs.read())?.length ?? 0
  })()
  for (let times = 0; times < 5; times++) await transport.write([new Uint8Array(100)])
  await clock.advance(300)
  expect(received).toBe(300)
  await clock.advance(200)
  await reading
  expect(received).toBe(500)
})

test('beyond 1 MiB on its way a write waits', async () => {
  using clock = useFakeClock()
  const { dialer, accept } = await listening()
  const dialing = delayed(dialer, 20).dial(at)
  const theirs = await accept()
  await clock.advance(20)
  const transport = await dialing
  let hasRoom = false
  const writing = transport.write([new Uint8Array(1_048_576)]).then(() => (hasRoom = true))
  await clock.advance(9)
  expect(hasRoom).toBe(false)
  await clock.advance(1)
  for (let left = 1_048_576; left > 0;) left -= (await theirs.read())?.length ?? 0
  await writing
  expect(hasRoom).toBe(true)
})

test('it does what every dialer must do', async () => {
  await checkDialer(async () => {
    const dialer = memoryDialer()
    const server = await startEchoServer({ dialer })
    return {
      dialer: delayed(dialer, 2),
      echo: server.address,
      [Symbol.asyncDispose]: () => server.close(),
    }
  })
})

test('an abort ends a read that waits for what is on its way', async () => {
  await using server = await startEchoServer()
  const dialer = delayed(tcpDialer(), 1)
  await using connection = await connect(server.url, { dialer })
  const reading = failure(connection.read())
  connection.abort()
  expect((await reading).code).toBe('NET_ABORTED')
})

test('a round trip is a number', () => {
  expect(thrown(() => delayed(memoryDialer(), -1)).code).toBe('NET_BAD_OPTION')
})
