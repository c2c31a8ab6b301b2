import { generateKeyPairSync } from 'node:crypto'

import { expect, test } from 'vitest'

import { captureEvents, useFakeClock } from '@net/core/testing'
import { connect, pinned, scan, type ScanOptions } from '@net/ssh'
import { startSshServer } from '@net/ssh/testing'

import { failureOf } from './embedded.ts'

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
const second = String(privateKey.export({ type: 'sec1', format: 'pem' }))

test('the keys of a server are seen without a login, each of another type', async () => {
  await using server = await startSshServer({ moreHostKeys: [second] })
  const keys = await scan(server.url)
  expect(keys.map(({ type }) => type)).toEqual(['ssh-ed25519', 'ecdsa-sha2-nistp256'])
  expect(keys[0]?.fingerprint).toBe(server.hostKey.fingerprint)
  await server.idle()
  expect(server.received).toEqual([])
  for (const { type, fingerprint } of keys) {
    const hostKeys = pinned(`${type} ${fingerprint}`)
    await using host = await connect(server.url, { user: 'ada', password: 'lovelace', hostKeys })
    expect(host.info.hostKey.fingerprint).toBe(fingerprint)
  }
})

test('a scan is an operation with limits, and lets go of its connection', async () => {
  await using server = await startSshServer()
  using clock = useFakeClock()
  using events = captureEvents()
  server.fail({ on: 'kex', do: 'stall' })
  const failure = failureOf(scan(server.url, { retry: false, timeout: { tls: 300 } }))
  await events.waitFor((event) => event.type === 'phase' && event.phase === 'kex')
  await clock.advance(300)
  expect(await failure).toMatchObject({
    code: 'NET_TIMEOUT_TLS',
    operation: 'scan',
    phase: 'kex',
    limit: 300,
  })
  await server.idle()
})

test('an abort ends a scan, and wrong arguments are refused before anything is dialed', async () => {
  await using server = await startSshServer()
  const signal = AbortSignal.abort()
  expect(await failureOf(scan(server.url, { signal }))).toMatchObject({ code: 'NET_ABORTED' })
  for (const [url, options, code] of [
    [`${server.url}/a`, {}, 'NET_BAD_URL'],
    ['http://127.0.0.1', {}, 'NET_BAD_URL'],
    [server.url, { password: 'lovelace' } as ScanOptions, 'NET_BAD_OPTION'],
  ] as const) {
    expect(await failureOf(scan(url, options))).toMatchObject({ code })
  }
  expect(server.connections).toBe(0)
})
