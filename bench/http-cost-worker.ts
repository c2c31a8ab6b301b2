/* One measurement of http-cost.ts: `node http-cost-worker.ts (garbage | import | import-time | crowd) (net | undici) ORIGIN`. */

const [what, who, origin = ''] = process.argv.slice(2)
const CALLS = 10_000
const AT_ONCE = 50
const MEGA = 1_000_000

if (what === 'import' || what === 'import-time') await importing()
else if (what === 'garbage') await garbage()
else await crowd()

async function importing(): Promise<void> {
  const start = performance.now()
  const before = process.cpuUsage()
  await (who === 'net' ? import('@net/http') : import('undici'))
  const { user, system } = process.cpuUsage(before)
  const elapsed = (performance.now() - start) * 1000
  console.log(what === 'import' ? user + system : elapsed)
}

async function garbage(): Promise<void> {
  const once = await caller()
  await calls(AT_ONCE * 20, once)
  globalThis.gc?.()
  const before = process.memoryUsage().heapUsed
  await calls(CALLS, once)
  console.log((process.memoryUsage().heapUsed - before) / CALLS)
  process.exit(0)
}

async function calls(count: number, once: () => Promise<unknown>): Promise<void> {
  let left = count
  const run = async (): Promise<void> => {
    while (left-- > 0) await once()
  }
  await Promise.all(Array.from({ length: AT_ONCE }, run))
}

async function caller(): Promise<() => Promise<unknown>> {
  if (who === 'net') {
    const { createClient } = await import('@net/http')
    const client = createClient()
    return () => client.get(`${origin}/posts/1`).json()
  }
  const { Agent } = await import('undici')
  const agent = new Agent({ connections: AT_ONCE })
  return async () => (await agent.request({ origin, path: '/posts/1', method: 'GET' })).body.json()
}

/** How far the memory rises while 10,000 calls wait for 100 connections, and what stays of it. */
async function crowd(): Promise<void> {
  const { createClient } = await import('@net/http')
  const client = createClient({ connections: 100 })
  const get = (): Promise<unknown> => client.get(`${origin}/posts/1`).json()
  for (let round = 0; round < 3; round++) await calls(CALLS, get)
  const start = inUse()
  const { rss } = process.memoryUsage()
  let peak = rss
  const timer = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 5)
  await Promise.all(Array.from({ length: CALLS }, get))
  clearInterval(timer)
  peak = Math.max(peak, process.memoryUsage().rss)
  const kept = inUse() - start
  console.log(
    `the process grows by ${megabytes(peak - rss)} MB, and keeps ${megabytes(kept)} MB in use`,
  )
  await client.close()
}

function inUse(): number {
  for (let round = 0; round < 4; round++) globalThis.gc?.()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

function megabytes(bytes: number): string {
  return (bytes / MEGA).toFixed(1)
}
