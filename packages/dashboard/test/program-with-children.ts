// A program that is watched: it makes an operation, starts itself as a child and as a thread, and reads its own page.
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { setImmediate as turn } from 'node:timers/promises'
import { promisify } from 'node:util'
import { isMainThread, Worker } from 'node:worker_threads'

import { operation } from '@net/core/authoring'

const role = isMainThread ? (process.argv[2] ?? 'parent') : 'thread'
await operation({ protocol: 'test', operation: role, kind: 'command' }, {}, async () => {})
if (role === 'parent') await lead()
else console.log(role)

async function lead(): Promise<void> {
  // Until the page is served there is nothing to report to.
  while (!process.env['NET_DASHBOARD']?.startsWith('http')) await turn()
  const args = [...process.execArgv, import.meta.filename, 'child']
  const { stdout } = await promisify(execFile)(process.execPath, args)
  process.stdout.write(stdout)
  const thread = new Worker(import.meta.filename)
  await once(thread, 'exit')
  const url = new URL(process.env['NET_DASHBOARD'])
  const headers = { authorization: `Bearer ${url.hash.slice(1)}` }
  const get = async (path: string): Promise<unknown> =>
    (await fetch(new URL(path, url), { headers })).json()
  const processes = (await get('/api/processes')) as readonly unknown[]
  const { rows } = (await get('/api/operations')) as { rows: readonly (readonly unknown[])[] }
  const verbs = rows.map((row) => String(row[4])).toReversed()
  console.log(`processes: ${processes.length}, operations: ${verbs.join(', ')}`)
  process.exitCode = 3
}
