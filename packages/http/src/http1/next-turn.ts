/*
 * What waits until the event loop has turned, of all connections together: one of Node's immediates for all of them, where
 * each call would make one.
 */

/** Calls it once the event loop has looked at what arrived. What it throws ends the process, as in an immediate. */
export function inNextTurn(run: () => void): void {
  if (waiting.push(run) === 1) setImmediate(runAll)
}

function runAll(): void {
  const all = waiting
  waiting = []
  let at = 0
  try {
    while (at < all.length) all[at++]?.()
  } finally {
    for (const run of all.slice(at)) inNextTurn(run)
  }
}

let waiting: (() => void)[] = []
