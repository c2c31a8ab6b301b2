// HTTP on every road with every fault: the same code each time, and nothing left open afterwards.
import { describe, expect, test } from 'vitest'

import { isNetError } from '@net/core'
import * as http from '@net/http'
import { startHttpServer, type HttpFault } from '@net/http/testing'

import { roads } from './roads.ts'

interface Case {
  readonly name: string
  readonly fault: HttpFault
  readonly code: string
}

const cases: readonly Case[] = [
  { name: 'closed before the answer', fault: { do: 'drop' }, code: 'NET_CONN_CLOSED' },
  { name: 'reset before the answer', fault: { do: 'reset' }, code: 'NET_CONN_RESET' },
  { name: 'half-closed before the answer', fault: { do: 'half-close' }, code: 'NET_CONN_CLOSED' },
  { name: 'silence', fault: { do: 'stall' }, code: 'NET_TIMEOUT_TOTAL' },
  { name: 'no HTTP', fault: { do: 'garbage' }, code: 'NET_PROTO_MALFORMED' },
  { name: 'closed within the head', fault: { after: 20, do: 'drop' }, code: 'NET_CONN_CLOSED' },
  {
    name: 'closed within the body',
    fault: { after: 5000, do: 'drop' },
    code: 'NET_PROTO_INCOMPLETE',
  },
  {
    name: 'reset within the body',
    fault: { after: 5000, do: 'reset' },
    code: 'NET_PROTO_INCOMPLETE',
  },
  {
    name: 'silence within the body',
    fault: { after: 5000, do: 'stall' },
    code: 'NET_TIMEOUT_TOTAL',
  },
  {
    name: 'an error status',
    fault: { do: { reply: { status: 503 } } },
    code: 'NET_REPLY_TEMPORARY',
  },
]

describe.each(roads())('HTTP over $name', ({ dialer, client, server: tls }) => {
  const clientOptions = { dialer, ...(client === undefined ? {} : { tls: client }) }
  const serverOptions = tls === undefined ? {} : { tls }

  test('a document arrives whole', async () => {
    await using server = await startHttpServer(serverOptions)
    await using api = http.createClient({ ...clientOptions, baseUrl: server.url })
    expect((await api.get('/bytes/100000').bytes()).length).toBe(100_000)
  })

  test.each(cases)('$name → $code', async ({ fault, code }) => {
    await using server = await startHttpServer(serverOptions)
    server.fail({ ...fault, times: 10 })
    await using api = http.createClient({ ...clientOptions, baseUrl: server.url })
    const call = api.get('/bytes/10000', { retry: false, timeout: 400 }).bytes()
    const error: unknown = await call.catch((reason: unknown) => reason)
    expect(isNetError(error) ? error.code : error).toBe(code)
    expect(isNetError(error) && error.endpoint).toBe(new URL(server.url).host)
    await api.close({ grace: 0 })
    await expect.poll(() => server.connections).toBe(0)
  })
})
