/* A route between two trees, for tests of what goes over it. */

import type { RemoteFiles } from '@net/core'
import { operation, type Operation } from '@net/core/authoring'
import { at } from '@net/files'

import { Route, type RouteParts } from '../../src/run/route.ts'

/** Runs the work with a route, in an operation. */
export function onRoute<T>(
  from: RemoteFiles,
  to: RemoteFiles,
  work: (route: Route, op: Operation) => Promise<T>,
  more: Partial<RouteParts> & { readonly signal?: AbortSignal } = {},
): Promise<T> {
  const { signal, ...parts } = more
  const spec = { protocol: 'files', operation: 'test', kind: 'transfer' } as const
  return operation(spec, { signal }, async (op) => {
    const [fromCan, toCan] = [await from.capabilities(), await to.capabilities()]
    const ends = { from: at(from, ''), to: at(to, ''), fromCan, toCan }
    const route = new Route({
      ...ends,
      op,
      bandwidth: undefined,
      verify: 'size',
      retry: false,
      ...parts,
    })
    return work(route, op)
  })
}
