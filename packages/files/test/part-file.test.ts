import { expect, test } from 'vitest'

import { PartFile } from '../src/part-file.ts'

test('the first file that is found is the one, and no other', () => {
  const file = new PartFile()
  expect(file.isBegun).toBe(false)
  file.check({ dev: 1, ino: 2 }, 'a')
  file.check({ dev: 1, ino: 2 }, 'a')
  expect([file.isBegun, file.isLost]).toEqual([true, false])
  expect(() => file.check({ dev: 2, ino: 2 }, 'a')).toThrow(
    expect.objectContaining({ code: 'NET_SIZE_MISMATCH' }),
  )
  expect(file.isLost).toBe(true)
})

test('one that is given up may be another one', () => {
  const file = new PartFile()
  file.check({ dev: 1, ino: 2 }, 'a')
  file.forget()
  expect(file.isBegun).toBe(false)
  file.check({ dev: 1, ino: 3 }, 'a')
  expect(file.isLost).toBe(false)
})
