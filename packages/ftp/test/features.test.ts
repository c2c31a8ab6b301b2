import { expect, test } from 'vitest'

import { factsToAskFor, parseFeatures } from '../src/features.ts'

test('reads names and what stands behind them, however they are indented', () => {
  const text = '211-Features:\n MLST type*;size*;\n  rest STREAM\nUTF8\n211 End'
  expect([...parseFeatures({ status: 211, text })]).toEqual([
    ['MLST', 'type*;size*;'],
    ['REST', 'STREAM'],
    ['UTF8', ''],
  ])
})

test('a server without FEAT has none', () => {
  expect(parseFeatures({ status: 502, text: '502-a\n b\n502 No' }).size).toBe(0)
})

test('facts that a server tells only when it is asked are asked for', () => {
  const asked = (facts: string): string | undefined => factsToAskFor(new Map([['MLST', facts]]))
  expect(asked('type*;perm*;size*;modify*;unique*;unix.mode;unix.uid;')).toBe(
    'OPTS MLST type;perm;size;modify;unique;unix.mode;',
  )
  expect(asked('Type*;Size*;UNIX.mode*;')).toBeUndefined()
  expect(asked('type*;unix.uid;')).toBeUndefined()
  expect(factsToAskFor(new Map())).toBeUndefined()
})
