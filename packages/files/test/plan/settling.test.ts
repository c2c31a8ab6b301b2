import type { RemoteEntry } from '@net/core'
import { expect, test } from 'vitest'

import { Settling } from '../../src/plan/settling.ts'
import { TWICE, type Listed } from '../../src/scanned.ts'
import { badName } from '../../src/tree-path.ts'
import { fileOf, linkOf, rulesWith } from './planning.ts'

function listed(...entries: readonly RemoteEntry[]): Listed {
  return {
    found: new Map(entries.map((entry) => [entry.name, entry])),
    hidden: new Set(),
    failure: undefined,
    settled: 0,
  }
}

const file = (name: string, more: Partial<RemoteEntry> = {}): RemoteEntry =>
  fileOf(name, more).entry

/** What is left of two listings, and how many files were settled. */
function left(
  source: Listed,
  target: Listed,
  rules: Parameters<typeof rulesWith>[0] = {},
): readonly [string[], string[], number] {
  new Settling(rulesWith(rules)).settle('', source, target)
  expect(source.settled).toBe(target.settled)
  return [[...source.found.keys()], [...target.found.keys()], source.settled]
}

test('files of one size and time are settled, and all others left', () => {
  const source = listed(file('a'), file('b'), file('c'), file('e'), linkOf('l', 'a').entry)
  const target = listed(file('a'), file('b', { size: 2 }), file('d'), file('e', { modified: 1 }))
  expect(left(source, target)).toEqual([['b', 'c', 'e', 'l'], ['b', 'd', 'e'], 1])
})

test('what a plan would tell of is left: what is uncertain, of another mode, or refused', () => {
  const both = (): readonly [Listed, Listed] => [
    listed(file('a', { mode: 0o600 })),
    listed(file('a', { mode: 0o644 })),
  ]
  expect(left(...both())[2]).toBe(1)
  expect(left(...both(), { modes: true })[2]).toBe(0)
  expect(left(...both(), { compare: 'size' })[2]).toBe(0)
  expect(left(...both(), { compare: 'hash' })[2]).toBe(0)
  expect(left(...both(), { refusesName: () => 'no' })[2]).toBe(0)
  expect(left(...both(), { to: { letterCase: 'ignored' } })[2]).toBe(0)
  expect(left(...both(), { to: { unicodeForm: 'ignored' } })[2]).toBe(0)
})

test('a listing that failed, a name listed twice, and a folder with a part in it settle nothing', () => {
  const failure = badName('x', 'a test')
  expect(left({ ...listed(file('a')), failure }, listed(file('a')))[2]).toBe(0)
  expect(left(listed(file('a')), { ...listed(file('a')), failure })[2]).toBe(0)
  const twice = listed(file('a'))
  twice.found.set('a', TWICE)
  expect(left(twice, listed(file('a')))[2]).toBe(0)
  const part = file('b.net-0123456789ab.part')
  expect(left(listed(file('a')), listed(file('a'), part))[2]).toBe(0)
})

test('names are pairs as far as the target takes them', () => {
  const pair = (more: Parameters<typeof rulesWith>[0], name = 'in'): boolean =>
    new Settling(rulesWith(more)).isPair(name)
  expect(pair({})).toBe(true)
  expect(pair({}, '..')).toBe(false)
  expect(pair({ to: { forbidden: ':' } }, 'a:b')).toBe(false)
  expect(pair({ to: { letterCase: 'ignored' } })).toBe(false)
  expect(new Settling(rulesWith({}), false).isPair('in')).toBe(false)
})
