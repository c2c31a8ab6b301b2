/*
 * Errors that no caller can receive any more, because their call has ended: a process warning keeps them from
 * being lost.
 */

import { thrownStack } from '@net/core/authoring'

/** Reports the error as a process warning that says what failed; its code is `NET_DISCARD_FAILED` by default. */
export function reportLate(what: string, error: unknown, code = 'NET_DISCARD_FAILED'): void {
  process.emitWarning(`${what}: ${thrownStack(error)}`, { code })
}
