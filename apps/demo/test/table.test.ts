import { expect, test } from 'vitest'

import { drawTable } from '../src/table.ts'

const rows = [
  ['a', '5'],
  ['long one', '1000'],
]

test('columns are as wide as their widest cell, numbers to the right', () => {
  expect(drawTable(['name', '>bytes'], rows)).toEqual([
    'name      bytes',
    '────────  ─────',
    'a             5',
    'long one   1000',
  ])
})

test('where it would be wider than the screen, the widest column gives way', () => {
  expect(drawTable(['name', '>bytes'], rows, 12)).toEqual([
    'name   bytes',
    '─────  ─────',
    'a          5',
    'long…   1000',
  ])
})
