import { expect, test } from 'vitest'

import { nameKey, whyNot } from '../../src/plan/target-names.ts'
import { memoryCapabilities } from '../../src/memory/memory-options.ts'
import { rulesWith } from './planning.ts'

test('spellings that are one file have one key', () => {
  const key = (name: string, can = {}): string => nameKey(name, { ...memoryCapabilities, ...can })
  expect(key('A')).not.toBe(key('a'))
  expect(key('A', { letterCase: 'ignored' })).toBe(key('a', { letterCase: 'ignored' }))
  expect(key('caf\u00e9')).not.toBe(key('cafe\u0301'))
  for (const unicodeForm of ['NFC', 'NFD', 'ignored']) {
    expect(key('caf\u00e9', { unicodeForm })).toBe(key('cafe\u0301', { unicodeForm }))
  }
})

test('the target says what it cannot have', () => {
  expect(whyNot('a', rulesWith())).toBeUndefined()
  expect(whyNot('a?b', rulesWith({ to: { forbidden: '*?' } }))).toContain('"?"')
  expect(whyNot('ä'.repeat(3), rulesWith({ to: { longestName: 5 } }))).toContain('5 bytes')
  expect(
    whyNot('con', rulesWith({ refusesName: (name) => (name === 'con' ? 'a device' : undefined) })),
  ).toBe('a device')
})

test('a forbidden character is itself, also one that means more in a pattern', () => {
  const forbidden = String.raw`a-c]^\[.*` + '\u{1f512}'
  for (const character of forbidden) {
    const told = JSON.stringify(character)
    expect(whyNot(`x${character}`, rulesWith({ to: { forbidden } }))).toContain(`no ${told} in`)
  }
  expect(whyNot('xb', rulesWith({ to: { forbidden } }))).toBeUndefined()
})
