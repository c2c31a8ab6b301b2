import { expect, test } from 'vitest'

import { parseFeatures } from '../src/features.ts'

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
