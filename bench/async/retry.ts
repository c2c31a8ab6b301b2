/* A call that succeeds at once: what it costs to be ready to repeat it. */

import { retry } from '@net/async'
import pRetry from 'p-retry'

import { compare, type Contender } from '../pairs.ts'

const CALLS = 100_000
const work = async (): Promise<number> => 1

await compare(
  'retry of a call that succeeds',
  'a second',
  many('net', async () => retry(work, { attempts: 4 })),
  [many('p-retry', async () => pRetry(work, { retries: 3 }))],
)

function many(name: string, once: () => Promise<number>): Contender {
  return {
    name,
    async run() {
      for (let call = 0; call < CALLS; call++) await once()
      return CALLS
    },
  }
}
