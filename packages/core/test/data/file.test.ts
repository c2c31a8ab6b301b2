import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import { fromFile, fromText, toFile } from '@net/core'
import { isFileSink, isFileSource, isTextSource } from '@net/core/authoring'
import { expect, test } from 'vitest'

const refused = expect.objectContaining({ name: 'ArgumentError', code: 'NET_BAD_OPTION' }) as Error

test('fromFile, fromText and toFile make frozen values that are known by their brand', () => {
  const [source, text, sink] = [
    fromFile('a', { start: 1, end: 3 }),
    fromText('hello'),
    toFile('b', { mode: 0o600 }),
  ]
  expect(source).toEqual({ kind: 'file-source', path: 'a', start: 1, end: 3 })
  expect(text).toEqual({ kind: 'text-source', text: 'hello' })
  expect(sink).toEqual({
    kind: 'file-sink',
    path: 'b',
    inPlace: false,
    keepPart: false,
    mode: 0o600,
  })
  for (const value of [source, text, sink]) expect(Object.isFrozen(value)).toBe(true)
  expect([isFileSource(source), isTextSource(text), isFileSink(sink)]).toEqual([true, true, true])
  expect([isFileSource(text), isTextSource(sink), isFileSink(source)]).toEqual([
    false,
    false,
    false,
  ])
  expect(isFileSource({ ...source })).toBe(false)
  expect(isFileSource('a')).toBe(false)
})

test('a value of another copy of the package is known too', () => {
  const foreign = { kind: 'file-source', path: 'a', start: 0, [Symbol.for('net.data')]: true }
  expect(isFileSource(foreign)).toBe(true)
})

test('a file: URL is a path', () => {
  const path = join(import.meta.dirname, 'a b')
  expect(fromFile(pathToFileURL(path)).path).toBe(path)
  expect(toFile(pathToFileURL(path)).path).toBe(path)
})

test.each([
  () => fromFile(''),
  () => fromFile('a\0b'),
  () => fromFile(new URL('http://a/')),
  () => fromFile('a', { start: -1 }),
  () => fromFile('a', { end: 1.5 }),
  () => fromFile('a', { start: 2, end: 1 }),
  () => fromText(1 as unknown as string),
  () => toFile(1 as unknown as string),
  () => toFile('a', { mode: 0o10000 }),
  () => toFile('a', { inPlace: true, keepPart: true }),
])('refuses wrong arguments (%#)', (make) => {
  expect(make).toThrow(refused)
})

test('[H-CORE-02] options are read as own properties only', () => {
  expect(toFile('a', Object.create({ inPlace: true }) as object).inPlace).toBe(false)
  expect(fromFile('a', JSON.parse('{"__proto__":{"start":5}}') as object).start).toBe(0)
})

test.each<[() => unknown, string]>([
  [() => fromFile('a', { offset: 3 } as never), 'fromFile: the options have no offset; use start'],
  [() => fromFile('a', { start: '3' } as never), 'fromFile: start must be a whole number of bytes'],
  [() => fromFile('a', { start: 3, end: 2 }), 'fromFile: end must not be before start'],
  [() => fromFile(5 as never), 'fromFile: the path of a file must be a string or a file: URL'],
  [() => fromText(5 as never), 'fromText: the text must be a string, not a number'],
  [
    () => toFile('a', { inplace: true } as never),
    'toFile: the options have no inplace; did you mean',
  ],
  [() => toFile('a', { inPlace: 'yes' } as never), 'toFile: inPlace must be true or false'],
  [() => toFile('a', { mode: '644' } as never), 'toFile: mode must be a number from 0 to 0o7777'],
])('says which call got what wrong (%#)', (call, message) => {
  expect(call).toThrow(message)
})
