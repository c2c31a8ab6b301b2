import { expect, test } from 'vitest'

import { Pools } from '../../src/history/pools.ts'
import type { PoolEvent } from '@net/core'

function event(endpoint: string, fields: Partial<PoolEvent>): PoolEvent {
  const head = {
    version: 1,
    type: 'pool',
    id: 1,
    protocol: 'http',
    operation: 'pool',
    time: 1,
  } as const
  return { ...head, endpoint, action: 'create', size: 1, busy: 0, waiting: 0, ...fields }
}

test('a pool stands as its last event said, and what happened in it is counted', () => {
  const pools = new Pools()
  pools.take(event('a:80', { action: 'create', size: 1 }))
  pools.take(event('a:80', { action: 'acquire', size: 1, busy: 1, waiting: 2 }))
  pools.take(event('b:80', {}))
  expect(pools.list()).toMatchObject([
    { endpoint: 'a:80', size: 1, busy: 1, waiting: 2, created: 1, acquired: 1, destroyed: 0 },
    { endpoint: 'b:80' },
  ])
})

test('of many pools an empty one is forgotten first', () => {
  const pools = new Pools()
  pools.take(event('first', {}))
  pools.take(event('empty', { action: 'destroy', size: 0 }))
  for (let at = 0; at < 499; at++) pools.take(event(`${at}`, {}))
  const names = pools.list().map(({ endpoint }) => endpoint)
  expect(names).toHaveLength(500)
  expect(names).toContain('first')
  expect(names).not.toContain('empty')
})
