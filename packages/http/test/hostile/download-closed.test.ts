import { checkNoLeaks } from '@net/async/testing'
import type { NetError } from '@net/core'
import * as http from '@net/http'
import { startHttpServer } from '@net/http/testing'
import { expect, test } from 'vitest'

test('a download into a sink that takes nothing ends when its client is closed', async () => {
  await checkNoLeaks(async () => {
    await using server = await startHttpServer({ routes: { '/a': { body: 'x'.repeat(100_000) } } })
    const client = http.createClient()
    const taking = Promise.withResolvers<void>()
    const stuck = (): Promise<void> => {
      taking.resolve()
      return new Promise(() => {})
    }
    const cut = client.download(`${server.url}/a`, stuck).catch((error: NetError) => error.code)
    await taking.promise
    await client.close({ grace: 0 })
    expect(await cut).toBe('NET_CLOSED')
  })
})
