import { connect as dial, listen } from '@net/socket'
import { createCertificates } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { channelBinding } from '../../src/auth/channel-binding.ts'

test('what a TLS connection tells, no other one tells', async () => {
  const authority = createCertificates()
  await using server = await listen(
    'tls://127.0.0.1:0',
    async (connection) => {
      for await (const chunk of connection) void chunk
    },
    { tls: authority.issue() },
  )
  const bindings: string[] = []
  for (const version of ['TLSv1.3', 'TLSv1.3', 'TLSv1.2'] as const) {
    const tls = { ca: authority.ca, minVersion: version, maxVersion: version }
    await using connection = await dial(server.url, { tls })
    const { type = '', data } = channelBinding(connection.toSocket()) ?? {}
    expect(type).toBe(version === 'TLSv1.3' ? 'tls-exporter' : 'tls-server-end-point')
    expect(data).toHaveLength(32)
    bindings.push(Buffer.from(data ?? []).toString('hex'))
  }
  expect(new Set(bindings).size).toBe(3)
})

test('a connection without TLS has none', () => {
  expect(channelBinding(undefined)).toBeUndefined()
})
