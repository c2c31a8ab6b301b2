// By hand: `node --expose-gc --conditions=@net/source test/soak/ssh-long.ts [execs] [reconnects]`, 10,000 and 1,000 by default. One process
// runs commands over one connection, ten at a time, and connects anew again and again. Fails if handles, listeners or more
// than 10 MB of heap stay.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { fork } from 'node:child_process'
import { setImmediate as turn } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

import * as ssh from '@net/ssh'
import { startSshServer } from '@net/ssh/testing'

const [execs = 10_000, reconnects = 1000] = process.argv.slice(2).map(Number)
const AT_ONCE = 10
const MOST_GROWTH = 10_000_000

if (process.argv[2] === 'serve') await serve()
else await soak()

async function serve(): Promise<void> {
  const server = await startSshServer({ exec: { print: { stdout: 'one\n'.repeat(100) } } })
  process.send?.({ url: server.url, fingerprint: server.hostKey.fingerprint })
  process.on('disconnect', () => process.exit())
}

async function soak(): Promise<void> {
  const child = fork(fileURLToPath(import.meta.url), ['serve'])
  const [{ url, fingerprint }] = (await once(child, 'message')) as [Place]
  const login = { user: 'ada', password: 'lovelace', hostKeys: ssh.pinned(fingerprint) }
  const host = await ssh.connect(url, login)
  const commands = async (count: number): Promise<void> => {
    for (let done = 0; done < count; done += AT_ONCE) {
      const results = await Promise.all(Array.from({ length: AT_ONCE }, () => host.exec('print')))
      for (const { stdout } of results) assert.equal(stdout.length, 400)
    }
  }
  const logins = async (count: number): Promise<void> => {
    for (let done = 0; done < count; done++) {
      await using client = await ssh.connect(url, login)
      assert.equal((await client.exec('print')).exitCode, 0)
    }
  }
  // What is compiled and cached in the first rounds stays, and is no leak.
  await commands(1000)
  await logins(100)
  const before = await state()
  await told(`${execs} commands`, before, () => commands(execs))
  await told(`${reconnects} connections`, before, () => logins(reconnects))
  await host.close()
  child.disconnect()
  await once(child, 'exit')
}

async function told(what: string, before: State, work: () => Promise<void>): Promise<void> {
  const began = performance.now()
  await work()
  const after = await state()
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  const grown = ((after.heap - before.heap) / 1e6).toFixed(2)
  console.log(`${what} in ${seconds} s; heap ${grown} MB, handles ${after.handles.join(' ')}`)
  assert.deepEqual(after.handles, before.handles)
  assert.equal(after.listeners, before.listeners)
  assert.ok(after.heap - before.heap < MOST_GROWTH, 'the heap has grown')
}

interface Place {
  readonly url: string
  readonly fingerprint: string
}

interface State {
  readonly heap: number
  readonly handles: readonly string[]
  /** On the process, where listeners of all connections would gather. */
  readonly listeners: number
}

async function state(): Promise<State> {
  if (globalThis.gc === undefined) throw new Error('run with --expose-gc')
  // What a collection finalizes is let go of only afterwards.
  for (let pass = 0; pass < 5; pass++) {
    await turn()
    globalThis.gc()
  }
  const listeners = process.eventNames().map((name) => process.listenerCount(name))
  return {
    heap: process.memoryUsage().heapUsed,
    handles: process.getActiveResourcesInfo().toSorted(),
    listeners: listeners.reduce((sum, count) => sum + count, 0),
  }
}
