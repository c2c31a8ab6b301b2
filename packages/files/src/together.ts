/* Things that are done side by side. */

import { CancelScope } from '@net/async'
import { lettingGo } from '@net/core/authoring'

type Work<T> = (signal: AbortSignal) => Promise<T>

type Given<W extends readonly Work<unknown>[]> = {
  -readonly [K in keyof W]: W[K] extends Work<infer T> ? T : never
}

/**
 * Does all of it at once; resolves to what each gave. The first failure ends the others, and
 * rejects once they have ended, or after 2 s.
 */
export async function together<const W extends readonly Work<unknown>[]>(
  signal: AbortSignal,
  works: W,
): Promise<Given<W>> {
  await using scope = new CancelScope({ signal })
  const begun = works.map(async (work) => work(scope.signal))
  try {
    return (await Promise.all(begun)) as Given<W>
  } catch (error) {
    scope.cancel()
    await lettingGo(Promise.allSettled(begun))
    throw error
  }
}
