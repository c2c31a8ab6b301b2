import { expect, test } from 'vitest'

import { asArgument, checkPath, pathsDownTo, splitPath } from '../src/remote-path.ts'

test('a path is a text without control characters', () => {
  expect(() => checkPath('the path', 'a b/ü')).not.toThrow()
  expect(() => checkPath('the path', '')).toThrow(
    expect.objectContaining({ code: 'NET_BAD_OPTION' }),
  )
  expect(() => checkPath('the path', 5 as unknown as string)).toThrow(
    expect.objectContaining({ code: 'NET_BAD_OPTION' }),
  )
  expect(() => checkPath('the path', 'a\r\nDELE b')).toThrow(
    expect.objectContaining({
      code: 'NET_INJECTION',
      message: 'the path contains a control character',
    }),
  )
})

test('what servers would take for something else is written otherwise', () => {
  expect(['a', '/a', '-la', ' a'].map(asArgument)).toEqual(['a', '/a', './-la', './ a'])
})

test('splits a path into folder and name', () => {
  expect(splitPath('a')).toEqual({ folder: '.', name: 'a' })
  expect(splitPath('/a')).toEqual({ folder: '/', name: 'a' })
  expect(splitPath('a/b/')).toEqual({ folder: 'a', name: 'b' })
  expect(splitPath('/')).toEqual({ folder: '/', name: '' })
  expect(splitPath('.').name).toBe('')
})

test('tells the folders down to a path', () => {
  expect(pathsDownTo('a/./b//c/')).toEqual(['a', 'a/b', 'a/b/c'])
  expect(pathsDownTo('/a/b')).toEqual(['/a', '/a/b'])
})
