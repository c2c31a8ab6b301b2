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
