/*
 * The parts that runs of this process write: two that write one part at the same time would take each other's bytes away, and
 * one of them would give the name to what the other has just begun.
 */

import { Mutex } from '@net/async'

/** The right to write a part, until it is disposed. */
export interface OwnPart extends Disposable {
  /** Whether another run has written it meanwhile. */
  readonly hasWaited: boolean
}

/** Waits until no other run writes the part of that name. Rejects when the signal aborts. */
export async function ownPart(name: string, signal: AbortSignal): Promise<OwnPart> {
  const part = parts.get(name) ?? { mutex: new Mutex(), users: 0 }
  parts.set(name, part)
  part.users++
  const leave = (): void => {
    if (--part.users === 0) parts.delete(name)
  }
  const hasWaited = part.mutex.locked
  try {
    const lease = await part.mutex.acquire({ signal })
    return {
      hasWaited,
      [Symbol.dispose]() {
        lease.release()
        leave()
      },
    }
  } catch (error) {
    leave()
    throw error
  }
}

const parts = new Map<string, { readonly mutex: Mutex; users: number }>()
