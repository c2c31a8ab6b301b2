/* A contender of the HTTP bench whose client has a process of its own, as it has in the programs that people write. */

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

import type { Contender } from './pairs.ts'

/** What a round is. */
export interface Round {
  readonly origin: string
  readonly requests: number
  readonly atOnce: number
}

/** Starts it; `name` is that of `http-clients.ts`. */
export async function clientProcess(
  name: string,
  { origin, requests, atOnce }: Round,
): Promise<Contender & Disposable> {
  const worker = fileURLToPath(new URL('http-worker.ts', import.meta.url))
  const child = fork(worker, [name, origin, String(requests), String(atOnce)])
  await once(child, 'message')
  let cpu = 0
  return {
    name,
    cpu: () => cpu,
    async run() {
      const told = once(child, 'message')
      child.send('go')
      cpu = Number((await told)[0])
      return requests
    },
    [Symbol.dispose]: () => child.disconnect(),
  }
}
