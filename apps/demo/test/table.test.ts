import { expect, test } from 'vitest'

import { drawTable } from '../src/table.ts'

test('columns are as wide as their widest cell, numbers to the right', () => {
  expect(
    drawTable(
      ['name', '>bytes'],
      [
        ['a', '5'],
        ['long one', '1000'],
      ],
    ),
  ).toEqual(['name      bytes', '────────  ─────', 'a             5', 'long one   1000'])
})
