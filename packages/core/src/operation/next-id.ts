/* Numbers for operations and clients, unique in the process. */

import { shared } from '../shared.ts'

/** A number for an operation or a client that no other one of this process has. */
export function nextId(): number {
  return ids.next++
}

const ids: { next: number } = shared('ids', () => ({ next: 1 }))
