/* One call of a tree of ours: an operation with its limits, signal and events, as every verb of a protocol is. */

import type { CallOptions } from '@net/core'
import {
  inCall,
  leavable,
  openOperation,
  operation,
  type CallKind,
  type OpenOperation,
  type Operation,
} from '@net/core/authoring'

/** Which call it is. */
export interface TreeVerb {
  readonly operation: string
  readonly target: string
  readonly kind: CallKind
}

/** Runs one call; `check` is done first, and what it gives is what the work gets. */
export async function treeCall<T, R>(
  verb: TreeVerb,
  options: CallOptions | undefined,
  check: () => T,
  work: (taken: T, op: Operation) => Promise<R>,
): Promise<R> {
  const taken = inCall({ protocol: PROTOCOL, call: verb.operation }, check)
  return operation({ protocol: PROTOCOL, ...verb }, options, (op) => work(taken, op))
}

/** The same for a call whose results are iterated: it ends with the iteration. */
export function treeIteration<T>(
  verb: TreeVerb,
  options: CallOptions | undefined,
  work: (op: Operation) => AsyncGenerator<T, void>,
): AsyncGenerator<T, undefined, undefined> {
  return leavable(iterated(verb, options, work), { leave: () => {} })
}

async function* iterated<T>(
  verb: TreeVerb,
  options: CallOptions | undefined,
  work: (op: Operation) => AsyncGenerator<T, void>,
): AsyncGenerator<T, void> {
  const op = openOperation({ protocol: PROTOCOL, ...verb }, options)
  let isOver = false
  try {
    op.begin()
    for await (const item of work(op)) {
      checkStopped(op)
      yield item
      checkStopped(op)
    }
  } catch (error) {
    isOver = true
    throw op.failed(error)
  } finally {
    if (!isOver) op.succeeded()
  }
}

function checkStopped({ stopped }: OpenOperation): void {
  const reason: Error | undefined = stopped
  if (reason !== undefined) throw reason
}

/** The protocol that errors and events of trees name. */
export const PROTOCOL = 'files'
