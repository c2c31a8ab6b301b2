import { expect, test } from 'vitest'

import { bytesText, cutTo, widthOf, wrapped } from '../src/screen.ts'

const write = (): void => {}

test.each([
  [{ write }, 80],
  [{ write, columns: 200 }, 80],
  [{ write, isTTY: true, columns: 200 }, 80],
  [{ write, isTTY: true, columns: 60 }, 60],
  [{ write, isTTY: true, columns: 0 }, 80],
  [{ write, isTTY: true, columns: 5 }, 40],
])('%o has lines of %d columns', (screen, width) => {
  expect(widthOf(screen)).toBe(width)
})

test('a text is broken between words, and a line is cut with a mark', () => {
  expect(wrapped('one two three', 8)).toEqual(['one two', 'three'])
  expect(wrapped('a-word-that-is-longer than', 8)).toEqual(['a-word-that-is-longer', 'than'])
  expect(cutTo(8, 'one two')).toBe('one two')
  expect(cutTo(8, 'one two three')).toBe('one two…')
})

test.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1024, '1.0 KiB'],
  [1_572_864, '1.5 MiB'],
  [2 ** 50, '1024.0 TiB'],
])('%d bytes are %s', (bytes, text) => {
  expect(bytesText(bytes)).toBe(text)
})
