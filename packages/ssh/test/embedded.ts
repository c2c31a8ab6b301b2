/* What most tests begin with: a client that is logged in to the embedded server. */

import { setImmediate as turn } from 'node:timers/promises'

import { connect, pinned, type SshConnectOptions, type SshClient } from '@net/ssh'
import type { SshServer } from '@net/ssh/testing'

/** Connects as the server's default user. */
export function logInTo(server: SshServer, options: SshConnectOptions = {}): Promise<SshClient> {
  const known = { user: 'ada', password: 'lovelace', hostKeys: pinned(server.hostKey.fingerprint) }
  return connect(server.url, { ...known, ...options })
}

/** What a promise rejects with; fails if it does not. */
export async function failureOf(
  promise: Promise<unknown>,
): Promise<Error & Record<string, unknown>> {
  const outcome = await promise.then(
    () => new Error('it did not fail'),
    (error: unknown) => error,
  )
  return outcome as Error & Record<string, unknown>
}

/** How many turns of the event loop it takes until the promise has settled. */
export async function turnsUntil(settled: Promise<unknown>): Promise<number> {
  const done: unknown[] = []
  void settled.then(() => done.push(true))
  let turns = 0
  for (; done.length === 0 && turns < 1000; turns++) await turn()
  return turns
}
