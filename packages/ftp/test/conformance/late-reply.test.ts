import { expect, test } from 'vitest'

import { useFakeClock, type FakeClock } from '@net/core/testing'
import { connect } from '@net/ftp'
import { startFtpServer, type FtpServer } from '@net/ftp/testing'

const content = '0123456789'

/** Gives the content, of which the server then has so much, and from then on says nothing for so long. */
function slowBehind(
  server: FtpServer,
  has: number,
  delay: number,
): () => AsyncGenerator<Uint8Array> {
  server.fail({ on: 'STOR', after: content.length, do: { delay } })
  return async function* source() {
    yield Buffer.from(content)
    server.files.write('/a', content.slice(0, has))
  }
}

/** What the call comes to while time passes. */
async function passed<T>(clock: FakeClock, call: Promise<T>, step = 500): Promise<T> {
  const state = { isOver: false }
  const over = (): void => void (state.isOver = true)
  call.then(over, over)
  while (!state.isOver) await clock.advance(step)
  return call
}

const sent = (server: FtpServer): readonly string[] =>
  server.received.filter((line) => /^(?:REST|STOR)/.test(line))

test.each([
  [10, ['STOR a']],
  [5, ['STOR a', 'REST 5', 'STOR a']],
])(
  'a last reply that does not come in time is looked for, and with %i of 10 bytes there only the rest is sent',
  async (has, lines) => {
    using clock = useFakeClock()
    await using server = await startFtpServer()
    await using client = await connect(server.url, { reconnect: true })
    const sending = client.upload(slowBehind(server, has, 600_000), 'a')
    // A minute by default, and the second in which the reply that is owed may still come.
    expect(await passed(clock, sending)).toMatchObject({ size: 10, verified: true })
    expect(server.files.text('/a')).toBe(content)
    expect(sent(server)).toEqual(lines)
    expect(server.received.filter((line) => line.startsWith('USER'))).toHaveLength(2)
    await clock.advance(600_000)
  },
)

test('where nothing is repeated it is told that everything was sent', async () => {
  using clock = useFakeClock()
  await using server = await startFtpServer()
  await using client = await connect(server.url, { retry: false })
  const sending = client
    .upload(slowBehind(server, 10, 600_000), 'a', { timeout: { reply: 5000 } })
    .catch((error: unknown) => error)
  expect(await passed(clock, sending)).toMatchObject({
    code: 'NET_TIMEOUT_REPLY',
    message: expect.stringContaining('everything was sent'),
    retry: 'idempotent',
    sent: true,
    limit: 5000,
    phase: 'command',
  })
  await clock.advance(600_000)
})

test('one that comes late is no answer to the next call, which waits for it', async () => {
  using clock = useFakeClock()
  await using server = await startFtpServer({ files: { '/b': '123' } })
  await using client = await connect(server.url, { retry: false })
  const sending = client
    .upload(slowBehind(server, 10, 1400), 'a', { timeout: { reply: 1000 } })
    .catch((error: unknown) => error)
  expect(await passed(clock, sending, 50)).toMatchObject({ code: 'NET_TIMEOUT_REPLY' })
  expect(await passed(clock, client.size('b'), 50)).toBe(3)
})
