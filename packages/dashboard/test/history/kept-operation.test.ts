import { expect, test } from 'vitest'

import { cut, KeptOperation } from '../../src/history/kept-operation.ts'
import { phase, started } from '../events.ts'
import type { OperationEvent, PhaseEvent } from '@net/core'

function takePhase(kept: KeptOperation, name: string, from: number, to?: number): void {
  const [start, end] = phase(1, name as never, from, to ?? from) as [PhaseEvent, PhaseEvent]
  kept.beginPhase(start)
  if (to !== undefined) kept.endPhase(end)
}

test('nothing of an earlier operation shows in a later one', () => {
  const kept = new KeptOperation()
  kept.begin(started(1, { target: 'first', client: 7, parent: 3, time: 5 }) as OperationEvent, 0)
  for (const name of ['connect', 'tls', 'command']) takePhase(kept, name, 6, 8)
  Object.assign(kept, {
    status: 200,
    transferred: 5,
    total: 5,
    duration: 9,
    outcome: 'ok',
    left: 2,
  })
  kept.begin(started(2, { target: 'second', time: 20 }) as OperationEvent, 10)
  expect(kept).toMatchObject({
    id: 2,
    ordinal: 10,
    target: 'second',
    start: 20,
    outcome: 'running',
    left: 0,
    parent: undefined,
    client: undefined,
    status: undefined,
    duration: undefined,
    transferred: undefined,
    total: undefined,
    phases: [],
    warnings: [],
    wire: [],
  })
  takePhase(kept, 'send', 21)
  expect(kept.phases).toEqual([
    { phase: 'send', start: 21, duration: undefined, outcome: 'running' },
  ])
})

test('of phases that overlap, the last one of that name that goes on has ended', () => {
  const kept = new KeptOperation()
  kept.begin(started(1) as OperationEvent, 0)
  takePhase(kept, 'connect', 1)
  takePhase(kept, 'connect', 3, 7)
  expect(kept.phases.map(({ duration }) => duration)).toEqual([undefined, 4])
  const [, end] = phase(1, 'connect', 1, 9) as [PhaseEvent, PhaseEvent]
  kept.endPhase(end)
  kept.endPhase(end)
  expect(kept.phases.map(({ duration }) => duration)).toEqual([8, 4])
})

test('phases beyond the most are counted', () => {
  const kept = new KeptOperation()
  kept.begin(started(1) as OperationEvent, 0)
  for (let at = 0; at < 70; at++) takePhase(kept, 'send', at, at + 1)
  expect([kept.phases.length, kept.left]).toEqual([64, 6])
})

test('a long text is cut with a mark', () => {
  expect([cut('abc', 3), cut('abcd', 3)]).toEqual(['abc', 'abc…'])
})
