import { checkNoLeaks } from '@net/async/testing'
import type { NetError } from '@net/core'
import { useFakeClock } from '@net/core/testing'
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

test.each(['download', 'saveTo'] as const)(
  '%s into a sink that takes nothing of what came in ends 2 s behind the loss of its connection',
  async (way) => {
    await using server = await startHttpServer({ routes: { '/a': { body: 'x'.repeat(50_000) } } })
    server.fail({ after: 20_000, do: 'drop', times: Infinity })
    using clock = useFakeClock()
    const url = `${server.url}/a`
    const stuck = (): Promise<void> => new Promise(() => {})
    const call = way === 'download' ? http.download(url, stuck) : http.get(url).saveTo(stuck)
    let code: string | undefined
    void call.catch((error: NetError) => {
      code = error.code
    })
    await expect
      .poll(async () => {
        await clock.advance(500)
        return code
      })
      .toBe('NET_PROTO_INCOMPLETE')
    expect(server.received).toHaveLength(1)
  },
)
