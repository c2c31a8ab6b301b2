// HTTP for a long time: requests of every kind, whole and broken, with memory and connections that must not grow.
// By hand: `pnpm test:soak`; NET_SOAK_SECONDS says how long, a minute by default.
import { expect, test } from 'vitest'

import { map } from '@net/async'
import { isNetError } from '@net/core'
import * as http from '@net/http'
import { startHttpServer } from '@net/http/testing'

const seconds = Number(process.env['NET_SOAK_SECONDS'] ?? 60)
const paths = ['/json', '/bytes/100000', '/redirect/302?to=/json', '/status/404', '/status/503']

test(`HTTP for ${seconds} s`, { timeout: seconds * 1000 + 60_000 }, async () => {
  await using server = await startHttpServer()
  await using api = http.createClient({ baseUrl: server.url, connections: 20 })
  const round = async (): Promise<void> => {
    server.fail({ after: 50, times: 5, do: 'drop' })
    await map(
      Array.from({ length: 500 }, (_, index) => index),
      (index) => request(api, index),
      {
        concurrency: 40,
      },
    )
  }
  await round()
  const before = settledHeap()
  const end = performance.now() + seconds * 1000
  let rounds = 0
  while (performance.now() < end) {
    await round()
    rounds++
  }
  console.log(`${rounds * 500} requests, heap ${before} → ${settledHeap()} MiB`)
  expect(settledHeap()).toBeLessThan(before + 30)
  expect(server.connections).toBeLessThanOrEqual(20)
})

async function request(api: http.HttpClient, index: number): Promise<void> {
  const path = paths[index % paths.length] ?? '/json'
  const options = index % 7 === 0 ? { signal: AbortSignal.timeout(1) } : {}
  try {
    await api.get(path, options).bytes()
  } catch (error) {
    if (!isNetError(error)) throw error
  }
}

function settledHeap(): number {
  if (globalThis.gc === undefined) throw new Error('run with --expose-gc')
  globalThis.gc()
  return Math.round(process.memoryUsage().heapUsed / 1_048_576)
}
