import { expect, test } from 'vitest'
import { details, mistakes, summary } from '../report.ts'

const evidence = {
  rows: [
    { id: 'SOCK-01', text: 'connect', weight: 'MUST' },
    { id: 'SOCK-02', text: 'limit', weight: 'MUST' },
    { id: 'CORE-01', text: 'a | b', weight: 'SHOULD' },
    { id: 'H-SOCK-01', text: 'resets', weight: 'HOSTILE' },
  ],
  proved: new Map([['SOCK-01', ['packages/socket/test/a.test.ts']]]),
  leftOut: { 'CORE-01': 'Nobody needs it.' },
  order: ['core', 'socket'],
}

test('the summary counts per package without what is left out', () => {
  expect(summary(evidence).split('\n').slice(2)).toEqual([
    '| core | 0 / 0 | 0 / 0 | 0 / 0 | 0 / 0 |',
    '| socket | 1 / 2 | 0 / 0 | 0 / 0 | 0 / 1 |',
    '| **total** | 1 / 2 | 0 / 0 | 0 / 0 | 0 / 1 |',
  ])
})

test('the rows of a package name the proof, the reason, or nothing', () => {
  expect(details(evidence, 'socket').split('\n').slice(2)).toEqual([
    '| SOCK-01 | MUST | connect | `packages/socket/test/a.test.ts` |',
    '| SOCK-02 | MUST | limit | – |',
    '| H-SOCK-01 | HOSTILE | resets | – |',
  ])
  expect(details(evidence, 'core')).toContain('left out: Nobody needs it.')
})

test('an unknown id and one that is both proved and left out are mistakes', () => {
  expect(mistakes(evidence)).toEqual([])
  const wrong = { ...evidence, leftOut: { 'SOCK-01': 'x', 'SOCK-99': 'y' } }
  expect(mistakes(wrong)).toEqual([
    'SOCK-99 is no id of capabilities.json or hostile.json',
    'SOCK-01 is left out and yet proved by a test',
  ])
})
