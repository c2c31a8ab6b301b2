/*
 * Within which operation the running code is, where that is not handed down: a handler of jobs makes its calls as any program
 * does, and they are parts of the job all the same. Costs nothing before the first use.
 */

import { AsyncLocalStorage } from 'node:async_hooks'

import { shared } from '../shared.ts'
import { withinSpan } from './traces.ts'

/** Runs code that belongs to that operation: each operation that begins in it, now or later, has it as its parent unless it names another, and so has each span that the code makes by itself. */
export function runWithin<T>(operation: number, run: () => T): T {
  surroundings.storage ??= new AsyncLocalStorage()
  return surroundings.storage.run(operation, () => withinSpan(operation, run))
}

/** The operation that the running code belongs to. */
export function surroundingOperation(): number | undefined {
  return surroundings.storage?.getStore()
}

const surroundings: { storage: AsyncLocalStorage<number> | undefined } = shared(
  'surroundings',
  () => ({ storage: undefined }),
)
