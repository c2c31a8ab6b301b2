import type { Transport } from '@net/socket'
import { useFakeClock } from '@net/core/testing'
import { expect, test } from 'vitest'

import type { WireRequest } from '../../src/connection.ts'
import { ClientCodec } from '../../src/http1/client-codec.ts'
import { RequestHeads } from '../../src/http1/request-head.ts'
import { RequestSender } from '../../src/http1/request-sender.ts'

interface Stage {
  readonly sender: RequestSender
  /** What was written. */
  readonly text: () => string
  readonly failures: unknown[]
}

function stage(write?: () => Promise<void>): Stage {
  const written: string[] = []
  const failures: unknown[] = []
  const transport = {
    write: (chunks: readonly Uint8Array[]) => {
      written.push(Buffer.concat(chunks).toString('latin1'))
      return write?.() ?? Promise.resolve()
    },
  } as unknown as Transport
  const nothing = (): void => {}
  const events = { interim: nothing, head: nothing, data: nothing, end: nothing }
  const sender = new RequestSender({
    transport,
    codec: new ClientCodec({ ...events, switched: nothing, rest: nothing }),
    heads: new RequestHeads('shop.test'),
    unwritten: (error) => void failures.push(error),
    gaveUp: (error) => void failures.push(error),
  })
  return { sender, text: () => written.join(''), failures }
}

const put = (body: WireRequest['body'], more: Partial<WireRequest> = {}): WireRequest => ({
  method: 'PUT',
  target: '/',
  headers: [],
  body,
  ...more,
})
const HEAD = 'PUT / HTTP/1.1\r\nhost: shop.test\r\nconnection: keep-alive\r\n'

async function* pieces(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text)
}

test('bytes leave with the head, a source in chunks behind it', async () => {
  const whole = stage()
  whole.sender.send(put(Buffer.from('abc'), { headers: ['content-length', '3'] }))
  expect(whole.text()).toBe(`${HEAD}content-length: 3\r\n\r\nabc`)
  const streamed = stage()
  streamed.sender.send(put(pieces('ab', 'c'), { trailers: () => ['x', '1'] }))
  await expect
    .poll(streamed.text)
    .toBe(`${HEAD}transfer-encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\nx: 1\r\n\r\n`)
})

test('of an empty source the head waits until it has ended', async () => {
  const { sender, text, failures } = stage()
  sender.send(put(pieces(''), { headers: ['content-length', '0'] }))
  expect(text()).toBe('')
  await expect.poll(text).toBe(`${HEAD}content-length: 0\r\n\r\n`)
  const other = stage()
  other.sender.send(put(pieces('a'), { headers: ['content-length', '0'] }))
  await expect.poll(() => other.failures).toMatchObject([{ code: 'NET_SIZE_MISMATCH' }])
  expect([other.text(), failures]).toEqual(['', []])
})

test('a body waits for the word of the server, or a second', async () => {
  using clock = useFakeClock()
  for (const word of ['100', 'silence'] as const) {
    const { sender, text } = stage()
    sender.send(put(Buffer.from('abc'), { expects: true }))
    await clock.advance(0)
    expect(text()).toBe(`${HEAD}expect: 100-continue\r\n\r\n`)
    if (word === '100') sender.answered(true)
    else await clock.advance(1000)
    await clock.until(() => text().endsWith('\r\n\r\nabc'))
  }
  const refused = stage()
  refused.sender.send(put(Buffer.from('abc'), { expects: true }))
  refused.sender.answered(false)
  await clock.advance(1000)
  expect(refused.text()).toBe(`${HEAD}expect: 100-continue\r\n\r\n`)
})

test('once the exchange is over nothing more leaves, and nothing is told', async () => {
  const gate = Promise.withResolvers<void>()
  const { sender, text, failures } = stage()
  sender.send(
    put(
      (async function* () {
        yield Buffer.from('a')
        await gate.promise
        yield Buffer.from('b')
      })(),
    ),
  )
  await expect.poll(text).toMatch(/\r\na\r\n$/)
  sender.stop()
  gate.resolve()
  await gate.promise
  await new Promise((resolve) => setImmediate(resolve))
  expect([text().endsWith('\r\na\r\n'), failures]).toEqual([true, []])
})

test('a write that fails ends the sending', async () => {
  const lost = new Error('lost')
  const { sender, failures } = stage(() => Promise.reject(lost))
  sender.send(put(pieces('a', 'b')))
  await expect.poll(() => failures).toEqual([lost, lost])
})
