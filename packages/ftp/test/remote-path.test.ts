import { expect, test } from 'vitest'

import { asArgument, checkPath, pathsDownTo, splitPath } from '../src/remote-path.ts'

test('a path is a text without line breaks', () => {
  for (const path of ['a b/ü', 'a\tb', 'a\u001Bb']) {
    expect(() => checkPath('path', path, 'utf8')).not.toThrow()
  }
  for (const path of ['', 5 as unknown as string]) {
    expect(() => checkPath('path', path, 'utf8')).toThrow(
      expect.objectContaining({ code: 'NET_BAD_OPTION' }),
    )
  }
  for (const path of ['a\r\nDELE b', 'a\nb', 'a\rb', 'a\0b']) {
    expect(() => checkPath('path', path, 'utf8')).toThrow(
      expect.objectContaining({
        code: 'NET_INJECTION',
        message: 'path contains a line break or a NUL',
      }),
    )
  }
})

test('a path that the encoding cannot write is refused', () => {
  expect(() => checkPath('path', 'łódź', 'latin1')).toThrow(
    expect.objectContaining({ code: 'NET_BAD_OPTION' }),
  )
})

test('what servers would take for something else is written otherwise', () => {
  expect(
    ['a', '/a', '-la', ' a', '~joe', '20200101000000 a', '20200101000000'].map(asArgument),
  ).toEqual(['a', '/a', './-la', './ a', './~joe', './20200101000000 a', '20200101000000'])
})

test('splits a path into folder and name', () => {
  expect(splitPath('a')).toEqual({ folder: '.', name: 'a' })
  expect(splitPath('/a')).toEqual({ folder: '/', name: 'a' })
  expect(splitPath('a/b/')).toEqual({ folder: 'a', name: 'b' })
  expect(splitPath('/')).toEqual({ folder: '/', name: '' })
  expect(splitPath('.').name).toBe('')
})

test('lists the folders down to a path', () => {
  expect(pathsDownTo('a/./b//c/')).toEqual(['a', 'a/b', 'a/b/c'])
  expect(pathsDownTo('/a/b')).toEqual(['/a', '/a/b'])
})
