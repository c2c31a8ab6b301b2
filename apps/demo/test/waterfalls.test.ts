import { expect, test } from 'vitest'

import type { Call } from '../src/calls.ts'
import { styleFor } from '../src/style.ts'
import { drawWaterfalls, firstOfEach } from '../src/waterfalls.ts'

const style = styleFor({ write: () => {} })

function call(given: Partial<Call>): Call {
  const whole = { protocol: 'http', operation: 'GET', target: '/x', start: 0, duration: 10 }
  return { ...whole, outcome: 'ok', phases: [], ...given }
}

const http = call({
  duration: 10,
  phases: [
    { phase: 'connect', start: 0, duration: 4 },
    { phase: 'command', start: 4, duration: 4 },
  ],
})
const ftp = call({ protocol: 'ftp', operation: 'upload', target: 'a', start: 100, duration: 30 })
const second = call({ protocol: 'ftp', operation: 'list', target: '', start: 130, duration: 30 })

test('the legend stands first, and all bars have one scale', () => {
  const groups = firstOfEach([[http], [ftp, second]])
  expect(drawWaterfalls(groups, { width: 67, style })).toEqual([
    'c connect   q question   · the rest',
    'one column is 2.0 ms, for all of them',
    '',
    'http',
    `  GET /x                  ccqq·${' '.repeat(25)}    10.0 ms`,
    '',
    'ftp',
    `  upload a                ${'·'.repeat(15)}${' '.repeat(15)}    30.0 ms`,
    `  list                    ${' '.repeat(15)}${'·'.repeat(15)}    30.0 ms`,
  ])
})

test('a protocol shows the calls of the first scenario that has some, of many the longest', () => {
  const many = Array.from({ length: 10 }, (_, at) => call({ start: at, duration: at % 5 }))
  const [first, ...others] = firstOfEach([[], [http], many])
  expect([first?.calls, others]).toEqual([[http], []])
  expect(firstOfEach([many])[0]?.calls.map(({ start }) => start)).toEqual([3, 4, 8, 9])
})

test('where a phase runs within another one, the inner one is shown', () => {
  const phases = [
    { phase: 'kex', start: 4, duration: 4 },
    { phase: 'connect', start: 0, duration: 10 },
  ]
  const [, , , , line] = drawWaterfalls([{ protocol: 'ssh', calls: [call({ phases })] }], {
    width: 47,
    style,
  })
  expect(line).toContain('ccckkkkcc')
})

test('no line is longer than the screen, whatever the names are', () => {
  const long = call({ target: 'x'.repeat(200), duration: 1000, start: 7 })
  for (const width of [40, 80]) {
    const lines = drawWaterfalls([{ protocol: 'http', calls: [long, http] }], { width, style })
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(width)
  }
})

test('nothing called is nothing drawn', () => {
  expect(drawWaterfalls(firstOfEach([[]]), { width: 80, style })).toHaveLength(2)
})
