import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

import { expect, test } from 'vitest'

import { History } from '../../src/history/history.ts'
import { IDS, Processes } from '../../src/processes/processes.ts'
import { ended, failed, started } from '../events.ts'

function processesOf(history: History): Processes {
  return new Processes({ title: 'app.ts', pid: 1 }, 1000, (event) => history.take(event))
}

function report(events: unknown[], process = 'a'): unknown {
  const plain: unknown = JSON.parse(JSON.stringify(events))
  return { process, title: 'child.ts', pid: 7, epoch: 1500, events: plain }
}

test('events of a child are taken as of a process of its own, at the time at which they happened', () => {
  const history = new History({ operations: 10, wire: 0 })
  const processes = processesOf(history)
  history.take(started(1))
  processes.take(report([started(1, { time: 20 }), started(2, { time: 21, parent: 1 })]))
  processes.take(report([failed(2, 'it was reset')]))
  processes.take(report([ended(1)], 'b'))
  expect(history.between(0, 9).map(({ id, parent }) => [id, parent])).toEqual([
    [1, undefined],
    [IDS + 1, undefined],
    [IDS + 2, IDS + 1],
    [2 * IDS + 1, undefined],
  ])
  expect(history.get(IDS + 1)?.start).toBe(520)
  expect(history.get(IDS + 2)?.error).toMatchObject({ code: 'NET_CONN_RESET', retry: 'idempotent' })
  expect(processes.list()).toEqual([
    { number: 0, title: 'app.ts', pid: 1 },
    { number: 1, title: 'child.ts', pid: 7 },
    { number: 2, title: 'child.ts', pid: 7 },
  ])
  expect(Number.isSafeInteger(1000 * IDS + 1_000_000)).toBe(true)
})

test.each([null, {}, [], 'text', { process: 'a', title: 1 }])('%j is no report', (value) => {
  const processes = processesOf(new History({ operations: 1, wire: 0 }))
  expect(() => processes.take(value)).toThrow('no report')
})

test('what is no event within a report is left out', () => {
  const history = new History({ operations: 10, wire: 0 })
  const wrong = [null, 1, {}, { ...started(1), type: 'other' }, { ...started(1), id: 'x' }]
  const more = [
    { ...started(1), target: 5 },
    { ...ended(1), error: {} },
  ]
  processesOf(history).take(report([...wrong, ...more, started(9)]))
  expect(history.between(0, 9)).toHaveLength(1)
})

test('of processes that are too many to be shown nothing is kept', () => {
  const processes = processesOf(new History({ operations: 1, wire: 0 }))
  const come = (from: number): void => {
    for (let n = from; n < from + 20_000; n++) processes.take(report([], `the process ${n}`))
  }
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const used = (): number => {
    collect()
    return process.memoryUsage().heapUsed
  }
  come(0)
  const before = used()
  come(20_000)
  expect(used() - before).toBeLessThan(500_000)
  expect(processes.list()).toHaveLength(1000)
})
