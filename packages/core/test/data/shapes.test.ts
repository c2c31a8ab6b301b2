import { fromText, toFile } from '@net/core'
import { option } from '@net/core/authoring'
import { expect, test } from 'vitest'

test('sources and sinks pass, and say what they are when they do not', () => {
  const source = fromText('x')
  expect(option.dataSource.take(source, 'input')).toBe(source)
  const sink = toFile('x')
  expect(option.dataSink.take(sink, 'to')).toBe(sink)
  const bad = expect.objectContaining({ code: 'NET_BAD_OPTION' }) as Error
  expect(() => option.dataSource.take('report.csv', 'input')).toThrow(bad)
  expect(() => option.dataSink.take('report.csv', 'to')).toThrow(bad)
})
