/*
 * What one operation costs by itself: with events off, without and with a caller's signal. The bare async call is
 * the floor below which nothing can go.
 */

import { operation, type OperationSpec } from '@net/core/authoring'

import { compare, type Contender } from './pairs.ts'

const CALLS = 200_000
const spec: OperationSpec = { protocol: 'bench', operation: 'GET', target: '/', kind: 'exchange' }
const { signal } = new AbortController()
const work = async (): Promise<number> => 1

await compare(
  'one operation, events off',
  'a second',
  many('operation', () => operation(spec, undefined, work)),
  [
    many('with a signal', () => operation(spec, { signal }, work)),
    many('without a total limit', () => operation(spec, { timeout: { total: Infinity } }, work)),
    many('with an attempt and a phase', () =>
      operation(spec, undefined, (op) => op.attempt(() => op.phase('command', work))),
    ),
    many('a bare async call', work),
  ],
)

function many(name: string, once: () => Promise<number>): Contender {
  return {
    name,
    async run() {
      for (let call = 0; call < CALLS; call++) await once()
      return CALLS
    },
  }
}
