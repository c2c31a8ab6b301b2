import { expect, test } from 'vitest'

import { aheadOf, compareFiles, grainOf } from '../../src/plan/compare.ts'
import { StateRecords } from '../../src/state/state-records.ts'
import { fileOf, rulesWith } from './planning.ts'

const T = 1_700_000_000_000
const HOUR = 3_600_000
const source = fileOf('a', { modified: T }).entry

function compared(modified: number | undefined, rules = rulesWith(), size = 1) {
  const { entry } = fileOf('a', { size, ...(modified === undefined ? {} : { modified }) })
  const { modified: _, ...timeless } = entry
  return compareFiles('a', source, modified === undefined ? timeless : entry, rules)
}

test('a time that differs in either direction is a difference, and so is a size', () => {
  expect(compared(T)).toEqual({ why: 'same', isSame: true, certain: true })
  expect(compared(T + 60_000)).toMatchObject({ isSame: false, why: 'time' })
  expect(compared(T - 60_000)).toMatchObject({ isSame: false, why: 'time' })
  expect(compared(T, rulesWith(), 2)).toMatchObject({ isSame: false, why: 'size' })
})

test('with newer only what is newer in the source replaces', () => {
  const rules = rulesWith({ newer: true })
  expect(compared(T + 60_000, rules)).toMatchObject({ isSame: true, why: 'newer on the target' })
  expect(compared(T + 60_000, rules, 2)).toMatchObject({ isSame: true, why: 'newer on the target' })
  expect(compared(T - 60_000, rules)).toMatchObject({ isSame: false, why: 'time' })
  expect(compared(T - 60_000, rules, 2)).toMatchObject({ isSame: false, why: 'size' })
})

test('times are compared within the coarser grain of both, rounded up or down', () => {
  const rules = rulesWith({ to: { times: { grain: 2000, canSet: true, zone: 'utc' } } })
  expect(grainOf(rules)).toBe(2000)
  for (const off of [-2000, -1, 0, 1, 2000]) expect(compared(T + off, rules).isSame).toBe(true)
  expect(compared(T + 2001, rules).isSame).toBe(false)
})

test('a time that tells no more than its minute or day is compared within that, and is not certain', () => {
  const day = 86_400_000
  const among = (modified: number, rules = rulesWith()) => {
    const { entry } = fileOf('a', { modified })
    return compareFiles('a', source, { ...entry, modifiedGrain: day }, rules)
  }
  expect(among(T - day + 1)).toEqual({ why: 'same', isSame: true, certain: false })
  expect(among(T - day - 1)).toMatchObject({ isSame: false, why: 'time' })
  const cannotSet = { to: { times: { grain: 1000, canSet: false, zone: 'utc' } } } as const
  expect(among(T - day + 1, rulesWith(cannotSet)).isSame).toBe(true)
  expect(among(T - day - 1, rulesWith(cannotSet)).isSame).toBe(false)
  const newer = rulesWith({ newer: true })
  expect(among(T - day + 1, newer)).toMatchObject({ isSame: true })
  expect(among(T - day - 1, newer)).toMatchObject({ isSame: false })
})

test('an hour is no difference where a clock is local, and one where both are UTC', () => {
  const rules = rulesWith({ to: { times: { grain: 2000, canSet: true, zone: 'local' } } })
  for (const off of [HOUR, -HOUR, HOUR + 2000, HOUR - 2000]) {
    expect(compared(T + off, rules)).toEqual({
      why: 'same, an hour apart',
      isSame: true,
      certain: false,
    })
  }
  expect(compared(T + HOUR - 60_000, rules).isSame).toBe(false)
  expect(compared(T + HOUR, rules, 2).isSame).toBe(false)
  expect(compared(T + HOUR).isSame).toBe(false)
})

test('the shift of a clock is taken off', () => {
  expect(compared(T + HOUR, rulesWith({ clockShift: HOUR })).isSame).toBe(true)
  expect(aheadOf(source, fileOf('a', { modified: T + 5 }).entry, { clockShift: 2 })).toBe(3)
})

test('on a target that cannot keep times a file that is not older is the same, and that is not certain', () => {
  const rules = rulesWith({ to: { times: { grain: 1, canSet: false, zone: 'utc' } } })
  expect(compared(T + 5 * HOUR, rules)).toEqual({ why: 'same', isSame: true, certain: false })
  expect(compared(T - 60_000, rules)).toMatchObject({ isSame: false, why: 'time' })
  expect(compared(undefined, rules)).toEqual({ why: 'same', isSame: true, certain: false })
})

test('size alone, and hashes', () => {
  expect(compared(T + HOUR, rulesWith({ compare: 'size' }))).toEqual({
    why: 'same',
    isSame: true,
    certain: false,
  })
  expect(compared(T, rulesWith({ compare: 'hash', sameHash: () => false }))).toMatchObject({
    isSame: false,
    why: 'hash',
  })
  expect(compared(T - HOUR, rulesWith({ compare: 'hash', sameHash: () => true })).isSame).toBe(true)
  expect(compared(T, rulesWith({ compare: 'hash' }))).toMatchObject({ isSame: false, why: 'hash' })
})

test('what was seen after a copy decides, as long as the target still looks so', () => {
  const state = new StateRecords()
  state.set('a', source, fileOf('a', { modified: T + 9 * HOUR }).entry)
  const rules = rulesWith({ state, to: { times: { grain: 1, canSet: false, zone: 'utc' } } })
  expect(compared(T + 9 * HOUR, rules)).toEqual({ why: 'same', isSame: true, certain: true })
  const older = { ...source, modified: T - HOUR }
  const target = fileOf('a', { modified: T + 9 * HOUR }).entry
  expect(compareFiles('a', older, target, rules)).toMatchObject({ isSame: false, why: 'time' })
  expect(compared(T - HOUR, rules)).toMatchObject({ isSame: false, why: 'time' })
})
