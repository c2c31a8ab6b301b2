/* Items from one task to another, through a bounded buffer and through none, without and with a caller's signal. */

import { Channel, Queue } from '@net/async'
import { Effect, Queue as EffectQueue } from 'effect'

import { compare, type Contender } from '../pairs.ts'

const ITEMS = 200_000
const ROOM = 1024
const { signal } = new AbortController()

const effectQueue: Contender = {
  name: 'effect',
  async run() {
    const program = Effect.gen(function* () {
      const queue = yield* EffectQueue.bounded<number>(ROOM)
      const offer = Effect.gen(function* () {
        for (let item = 0; item < ITEMS; item++) yield* EffectQueue.offer(queue, item)
      })
      const take = Effect.gen(function* () {
        for (let item = 0; item < ITEMS; item++) yield* EffectQueue.take(queue)
      })
      yield* Effect.all([offer, take], { concurrency: 2 })
    })
    await Effect.runPromise(program)
    return ITEMS
  },
}

for (const options of [undefined, { signal }]) {
  const how = options === undefined ? 'without a signal' : 'with a signal'
  await compare(`hand-off through a Queue, ${how}`, 'a second', queued('net', options), [
    effectQueue,
    { name: 'an array by hand', run: byHand },
  ])
  await compare(`hand-off through a Channel, ${how}`, 'a second', sent('net', ROOM, options), [
    effectQueue,
    sent('net, no buffer', 0, options),
  ])
}

function queued(name: string, options: { readonly signal: AbortSignal } | undefined): Contender {
  return {
    name,
    async run() {
      const queue = new Queue<number>({ max: ROOM })
      const put = async (): Promise<void> => {
        for (let item = 0; item < ITEMS; item++) await queue.put(item, options)
      }
      const get = async (): Promise<void> => {
        for (let item = 0; item < ITEMS; item++) await queue.get(options)
      }
      await Promise.all([put(), get()])
      return ITEMS
    },
  }
}

function sent(
  name: string,
  size: number,
  options: { readonly signal: AbortSignal } | undefined,
): Contender {
  return {
    name,
    async run() {
      const { sender, receiver } = new Channel<number>(size)
      const send = async (): Promise<void> => {
        for (let item = 0; item < ITEMS; item++) await sender.send(item, options)
      }
      const receive = async (): Promise<void> => {
        for (let item = 0; item < ITEMS; item++) await receiver.receive(options)
      }
      await Promise.all([send(), receive()])
      return ITEMS
    },
  }
}

async function byHand(): Promise<number> {
  const items: number[] = []
  let wake: (() => void) | undefined
  const put = async (): Promise<void> => {
    for (let item = 0; item < ITEMS; item++) {
      items.push(item)
      wake?.()
      await Promise.resolve()
    }
  }
  const get = async (): Promise<void> => {
    for (let item = 0; item < ITEMS; item++) {
      if (items.length === 0) await new Promise<void>((resolve) => (wake = resolve))
      items.shift()
      await Promise.resolve()
    }
  }
  await Promise.all([put(), get()])
  return ITEMS
}
