import { expect, test } from 'vitest'

import { chosen, EVERYTHING } from '../../page/filter.js'
import { hostOf, IDS, Model, processOf } from '../../page/model.js'
import { partsOf, scaleOf, ticksOf } from '../../page/scale.js'
import { IDS as SERVER_IDS } from '../../src/processes/processes.ts'
import type { Row } from '../../src/history/row.ts'

function row(ordinal: number, fields: Partial<Record<number, unknown>> = {}): Row {
  const plain: unknown[] = [
    ordinal,
    ordinal + 100,
    null,
    'http',
    'GET',
    'http://h:80/x',
    '',
    ordinal * 10,
    5,
    'ok',
    200,
    1,
    null,
    [],
  ]
  for (const [at, value] of Object.entries(fields)) plain[Number(at)] = value
  return plain as unknown as Row
}

test('rows come in any order, are replaced, and the old ones are forgotten', () => {
  const model = new Model()
  model.take([row(5), row(4)], 0)
  model.take([row(1), row(0)], 0)
  expect([model.base, model.end, model.at(4)?.[0], model.at(3)]).toEqual([0, 6, 4, undefined])
  model.take([row(4, { 9: 'failed' })], 0)
  expect(model.at(4)?.[9]).toBe('failed')
  model.take([row(6)], 6)
  expect([model.base, model.at(5), model.at(6)?.[0]]).toEqual([6, undefined, 6])
  expect(model.protocols.get('http')).toBe(5)
})

test('a call is counted in the second in which it ended, once', () => {
  const model = new Model()
  model.take([row(0, { 7: 990, 8: null, 9: 'running' })], 0)
  expect(model.seconds.size).toBe(0)
  const end = row(0, { 7: 990, 8: 20, 9: 'failed' })
  model.take([end], 0)
  model.take([end], 0)
  expect(model.seconds.get(1)).toEqual({ calls: 1, failed: 1, durations: [20] })
})

test('a filter takes protocol, outcome, host, text and inner operations together', () => {
  const model = new Model()
  model.take(
    [
      row(0),
      row(1, { 3: 'ftp', 6: 'f:21' }),
      row(2, { 9: 'failed', 12: 'NET_CONN_RESET' }),
      row(3, { 2: 100 }),
    ],
    0,
  )
  const show = (part: object): number[] => chosen(model, { ...EVERYTHING, ...part })
  expect(show({})).toEqual([3, 2, 1, 0])
  expect(show({ protocols: new Set(['ftp']) })).toEqual([1])
  expect(show({ outcomes: new Set(['failed', 'aborted']) })).toEqual([2])
  expect(show({ host: 'f:21' })).toEqual([1])
  expect(show({ inner: false })).toEqual([2, 1, 0])
  expect(show({ text: ' conn_reset ' })).toEqual([2])
  expect(show({ text: 'x', outcomes: new Set(['ok']), host: 'h:80', inner: false })).toEqual([0])
  expect(hostOf(row(9, { 5: 'a/file.txt' }))).toBe('')
})

test('an id says in which process the operation ran', () => {
  expect(IDS).toBe(SERVER_IDS)
  expect([5, IDS + 5, 3 * IDS + 5].map(processOf)).toEqual([0, 1, 3])
  const model = new Model()
  model.take([row(0), row(1, { 1: IDS + 1 })], 0)
  expect(chosen(model, { ...EVERYTHING, process: 1 })).toEqual([1])
  expect(chosen(model, { ...EVERYTHING, process: 0 })).toEqual([0])
})

test('all rows share one scale; a bar and its phases stand on it', () => {
  const rows = [
    row(0),
    row(1, {
      13: [
        ['send', 1, 2, 'ok'],
        ['receive', 3, null, 'running'],
      ],
    }),
  ]
  const time = scaleOf(rows, 'time', 100)
  expect(time).toEqual({ kind: 'time', from: 0, length: 15 })
  expect(partsOf(rows[1]!, time, 100)).toMatchObject([
    { phase: 'whole', left: 10 / 15, width: 5 / 15 },
    { phase: 'send', left: 11 / 15, width: 2 / 15 },
    { phase: 'receive', left: 13 / 15, width: 2 / 15 },
  ])
  const length = scaleOf(rows, 'length', 100)
  expect(length).toEqual({ kind: 'length', from: 0, length: 5 })
  expect(partsOf(rows[1]!, length, 100)[0]).toMatchObject({ left: 0, width: 1 })
  const running = row(2, { 8: null })
  expect(scaleOf([running], 'time', 50)).toMatchObject({ from: 20, length: 30 })
  expect(scaleOf([], 'time', 50)).toMatchObject({ length: 1 })
})

test('the lines of a scale are round numbers', () => {
  expect(ticksOf({ kind: 'time', from: 0, length: 15 }, 4).map(({ at }) => at)).toEqual([
    0, 5, 10, 15,
  ])
  expect(ticksOf({ kind: 'time', from: 0, length: 0.3 }, 3)).toHaveLength(4)
})

test('a hundred thousand rows are taken and filtered without moving all of them for each', () => {
  const model = new Model()
  for (let before = 100_000; before > 0; before -= 10_000) {
    model.take(
      Array.from({ length: 10_000 }, (_, at) => row(before - 1 - at)),
      0,
    )
  }
  expect(model.rows).toHaveLength(100_000)
  expect(chosen(model, EVERYTHING)).toHaveLength(100_000)
})
