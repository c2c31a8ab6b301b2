/* One task of a group, a few alive at a time: spawned, run, and its result awaited. */

import { taskGroup } from '@net/async'
import { Effect, Fiber } from 'effect'

import { compare, type Contender } from '../pairs.ts'

const TASKS = 200_000
const AT_ONCE = 8
const trivial = async (): Promise<number> => 1

await compare(`spawn of a trivial task, ${AT_ONCE} alive`, 'a second', many('net', spawned), [
  many('effect, forkChild of a value', async () => forked(() => Effect.succeed(1))),
  many('effect, forkChild of a promise', async () => forked(() => Effect.promise(trivial))),
  many('promises by hand', byHand),
])

function many(name: string, run: () => Promise<void>): Contender {
  return {
    name,
    async run() {
      await run()
      return TASKS
    },
  }
}

async function spawned(): Promise<void> {
  await taskGroup(async (group) => {
    for (let done = 0; done < TASKS; done += AT_ONCE) {
      const tasks = Array.from({ length: AT_ONCE }, () => group.spawn('task', trivial))
      for (const task of tasks) await task.result
    }
  })
}

async function forked(job: () => Effect.Effect<number>): Promise<void> {
  const program = Effect.gen(function* () {
    for (let done = 0; done < TASKS; done += AT_ONCE) {
      const fibers: Fiber.Fiber<number>[] = []
      for (let number = 0; number < AT_ONCE; number++) fibers.push(yield* Effect.forkChild(job()))
      yield* Fiber.joinAll(fibers)
    }
  })
  await Effect.runPromise(program)
}

async function byHand(): Promise<void> {
  for (let done = 0; done < TASKS; done += AT_ONCE) {
    await Promise.all(Array.from({ length: AT_ONCE }, trivial))
  }
}
