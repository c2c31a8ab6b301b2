/* The stores of this process by their names: queues of one name share one, which is gone when the last of them is closed. */

import type { JobStore, RetentionRules } from '../store.ts'
import { MemoryStore } from './memory-store.ts'

/** The store of that name; what is kept is for the first that opens it to say. */
export function memoryStore(name: string, keep: RetentionRules): JobStore {
  const shared = stores.get(name) ?? { store: new MemoryStore(keep, () => closed(name)), users: 0 }
  shared.users++
  stores.set(name, shared)
  return shared.store
}

function closed(name: string): void {
  const shared = stores.get(name)
  if (shared === undefined) return
  shared.users--
  if (shared.users === 0) stores.delete(name)
}

interface Shared {
  readonly store: JobStore
  users: number
}

const stores = new Map<string, Shared>()
