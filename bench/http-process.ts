/* A contender of the HTTP bench whose client has a process of its own, as it has in the programs that people write. */

import { apart } from './apart.ts'
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
  const client = await apart('http-worker.ts', name, origin, String(requests), String(atOnce))
  return {
    ...client.contender(name, 'go', { done: requests }),
    [Symbol.dispose]: () => client[Symbol.dispose](),
  }
}
