/*
 * The watched program of dashboard.ts: `node dashboard-worker.ts (without | with | page | open) ORIGIN RATE`. It prints the
 * address of its dashboard, works when it reads a line, prints what that took once it is warm, and ends with its input.
 */

import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'

import { operation } from '@net/core/authoring'
import { attach } from '@net/dashboard'
import { createClient } from '@net/http'

const [mode, origin = '', rate = '2000'] = process.argv.slice(2)
const input = createInterface(process.stdin)
const client = createClient()
/** As many as `demo lab` keeps, where a page is to open all; else what is kept by default. */
const kept = mode === 'open' ? 100_000 : 10_000
/** In milliseconds: until as many operations are kept as may be, which is how a program runs that has run for a while. */
const WARM = 6000
const LENGTH = 8000
const dashboard = mode === 'without' ? undefined : await attach({ operations: kept })

if (mode === 'open') {
  for (let at = 0; at < kept; at++) await recorded(at)
  console.log(dashboard?.url)
} else {
  console.log(dashboard?.url ?? 'none')
  await once(input, 'line')
  await callsFor(WARM)
  const before = process.cpuUsage()
  const started = performance.now()
  const calls = await callsFor(LENGTH)
  const { user, system } = process.cpuUsage(before)
  const elapsed = (performance.now() - started) / 1000
  console.log(JSON.stringify({ cpu: (user + system) / 1e6, elapsed, calls }))
}
await once(input, 'close')
await dashboard?.close()
await client.close()

/** Calls at the rate for so many milliseconds; resolves to how many there were. */
async function callsFor(length: number): Promise<number> {
  const started = performance.now()
  const open = new Set<Promise<unknown>>()
  let begun = 0
  for (;;) {
    const elapsed = performance.now() - started
    if (elapsed >= length) break
    for (const due = (elapsed / 1000) * Number(rate); begun < due; begun++) {
      const call = client.get(`${origin}/posts/1`).json()
      open.add(call)
      void call.then(() => open.delete(call))
    }
    await sleep(5)
  }
  await Promise.all(open)
  return begun
}

/** An operation such as those of HTTP, without the network. */
function recorded(at: number): Promise<void> {
  return operation(
    {
      protocol: 'http',
      operation: 'GET',
      kind: 'exchange',
      target: `http://127.0.0.1:8080/posts/${at}`,
      endpoint: '127.0.0.1:8080',
    },
    undefined,
    (op) => op.phase('command', async () => {}),
  )
}
