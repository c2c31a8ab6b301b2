import { expect, test } from 'vitest'

import { LineReader } from '../../src/listing/line-reader.ts'

test('the first line may say how much there is, in any language', () => {
  for (const line of ['total 12', 'insgesamt 12', 'Gesamt: 1.024', 'итого 4', '合計 8K']) {
    const reader = new LineReader()
    expect(reader.read(line)).toBe('known')
    expect(reader.read(line)).toBeUndefined()
  }
})

test('our own reading comes first, and the engine knows the rest', async () => {
  const reader = new LineReader()
  expect(reader.read('-rw-r--r-- 1 a b 3 Jan 01 2020 x')).toMatchObject({ name: 'x' })
  const windows = '11-14-97  04:21PM                  953 a.txt'
  expect(reader.read(windows)).toBeUndefined()
  expect(await reader.readByEngine(windows)).toMatchObject({ name: 'a.txt', size: 953 })
  expect(await reader.readByEngine('nothing that anybody knows')).toBeUndefined()
})
