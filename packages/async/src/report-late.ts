/*
 * Errors that no caller can receive any more, because their call has ended: a process warning keeps them from
 * being lost.
 */

/** Reports the error as a process warning that says what failed; its code is `NET_DISCARD_FAILED` by default. */
export function reportLate(what: string, error: unknown, code = 'NET_DISCARD_FAILED'): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  process.emitWarning(`${what}: ${text}`, { code })
}
