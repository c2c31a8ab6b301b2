import { expect, test } from 'vitest'

import { isBeingRead, nowRead } from '../../src/local/files-being-read.ts'

test('a file is being read until its last reader is done', () => {
  const [file, other] = [
    { dev: 1, ino: 2 },
    { dev: 12, ino: 2 },
  ]
  const [first, second] = [nowRead(file), nowRead({ ...file })]
  expect([isBeingRead(file), isBeingRead(other)]).toEqual([true, false])
  first[Symbol.dispose]()
  expect(isBeingRead(file)).toBe(true)
  second[Symbol.dispose]()
  expect(isBeingRead(file)).toBe(false)
})
