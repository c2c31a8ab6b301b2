import { useFakeClock } from '@net/core/testing'
import { memoryPair } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { handshake } from '../../src/http1/handshake.ts'

const request = { method: 'GET', target: '/', fields: ['host', 'a', 'upgrade', 'b'], interim() {} }
const text = (bytes: Uint8Array | null): string => Buffer.from(bytes ?? []).toString()

test('the answer, cut anywhere, and what follows it', async () => {
  const said = 'HTTP/1.1 101 Fine\r\nconnection: upgrade\r\nupgrade: b\r\n\r\nmore'
  for (let at = 1; at < said.length; at += 7) {
    const [client, server] = memoryPair()
    const answered = handshake(client, request)
    expect(text(await server.read())).toBe('GET / HTTP/1.1\r\nhost: a\r\nupgrade: b\r\n\r\n')
    await server.write([Buffer.from(said.slice(0, at))])
    await server.write([Buffer.from(said.slice(at))])
    const { status, reason, switched, bytes } = await answered
    const rest = text(bytes).length < 4 ? text(bytes) + text(await client.read()) : text(bytes)
    expect([status, reason, switched, rest]).toEqual([101, 'Fine', true, 'more'])
  }
})

test('a refusal with the beginning of its body, by length or by the end', async () => {
  for (const length of ['content-length: 70000\r\n', '']) {
    const [client, server] = memoryPair()
    const answered = handshake(client, request)
    await server.write([Buffer.from(`HTTP/1.1 403 No\r\n${length}\r\n${'x'.repeat(70_000)}`)])
    await server.end()
    const { status, switched, bytes } = await answered
    expect([status, switched, bytes.length]).toEqual([403, false, 65_536])
  }
})

test('a refusal whose body does not come is one all the same, with what has come of it', async () => {
  using time = useFakeClock()
  const refusal = 'HTTP/1.1 403 No\r\ncontent-length: 9\r\n\r\nplan'
  for (const how of ['waits', 'ends', 'is lost'] as const) {
    const [client, server] = memoryPair()
    const answered = handshake(client, request)
    await server.write([Buffer.from(refusal)])
    if (how === 'ends') await server.end()
    else if (how === 'is lost') server.abort()
    else {
      await time.until(() => time.timers > 0)
      await time.advance(5000)
    }
    const { status, switched, bytes } = await answered
    expect([how, status, switched, text(bytes)]).toEqual([how, 403, false, 'plan'])
  }
})

test('a server that ends before its answer, or says what is no HTTP', async () => {
  for (const [said, code] of [
    ['', 'NET_CONN_CLOSED'],
    ['HTTP/1.1 101', 'NET_CONN_CLOSED'],
    ['hello\r\n', 'NET_PROTO_MALFORMED'],
  ] as const) {
    const [client, server] = memoryPair()
    const answered = handshake(client, request)
    if (said !== '') await server.write([Buffer.from(said)])
    await server.end()
    await expect(answered).rejects.toMatchObject({ code })
  }
})
