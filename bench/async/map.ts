/* A trivial function over many items, a few at a time: what the limit costs per item. */

import { map } from '@net/async'
import { Effect } from 'effect'
import pLimit from 'p-limit'
import pMap from 'p-map'
import PQueue from 'p-queue'

import { compare, type Contender } from '../pairs.ts'

const ITEMS = 200_000
const AT_ONCE = 8
const items = Array.from({ length: ITEMS }, (_, index) => index)
const work = async (item: number): Promise<number> => item + 1

await compare(
  `map of a trivial task, ${AT_ONCE} at a time`,
  'a second',
  whole('net', async () => map(items, work, { concurrency: AT_ONCE })),
  [
    whole('p-limit', async () => {
      const limit = pLimit(AT_ONCE)
      return Promise.all(items.map(async (item) => limit(work, item)))
    }),
    whole('p-queue', async () => {
      const queue = new PQueue({ concurrency: AT_ONCE })
      return queue.addAll(items.map((item) => async () => work(item)))
    }),
    whole('p-map', async () => pMap(items, work, { concurrency: AT_ONCE })),
    whole('effect', async () => {
      const each = (item: number): Effect.Effect<number> => Effect.promise(async () => work(item))
      return Effect.runPromise(Effect.forEach(items, each, { concurrency: AT_ONCE }))
    }),
    whole('a loop by hand', byHand),
  ],
)

function whole(name: string, run: () => Promise<readonly unknown[]>): Contender {
  return {
    name,
    async run() {
      const { length } = await run()
      return length
    },
  }
}

async function byHand(): Promise<number[]> {
  const results: number[] = []
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const index = next++
      results[index] = await work(items[index] as number)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  return results
}
