import { expect, test } from 'vitest'

import { useFakeClock } from '@net/core/testing'
import { connect } from '@net/ftp'
import { startFtpServer } from '@net/ftp/testing'

import { Pace } from '../src/pace.ts'
import { inOperation } from './open-session.ts'

test('[FTP-29] bytes go no faster than the rate, counted from the first', async () => {
  using clock = useFakeClock()
  await inOperation(async (op) => {
    const pace = new Pace(op, 1000)
    let moved = false
    const first = pace.moved(500).then(() => {
      moved = true
    })
    await clock.advance(499)
    expect(moved).toBe(false)
    await clock.advance(1)
    await first
    await clock.advance(5000)
    await pace.moved(1500)
  })
})

test('a wait for the rate ends with the call', async () => {
  const abort = new AbortController()
  const waiting = inOperation((op) => new Pace(op, 1).moved(1_000_000), { signal: abort.signal })
  abort.abort()
  await expect(waiting).rejects.toMatchObject({ code: 'NET_ABORTED' })
})

test('[FTP-29] both directions take the rate of the call', async () => {
  await using server = await startFtpServer({ files: { '/a': Buffer.alloc(300) } })
  await using client = await connect(server.url)
  const begun = performance.now()
  await client.download('a', () => {}, { rate: 3000 })
  await client.upload(Buffer.alloc(300), 'b', { rate: 3000 })
  expect(performance.now() - begun).toBeGreaterThan(190)
  expect(server.files.read('/b')).toHaveLength(300)
})
