/* The shapes of what is sent and where data goes, for tables of options. */

import type { Shape } from '../options/shape.ts'
import { checkSink, type Sink } from './sink.ts'
import { checkSource, type Source } from './source.ts'

/** What can be sent. Taking it throws like `checkSource`. */
export const dataSource: Shape<Source> = byCheck(
  'bytes, a stream, fromFile(path) or fromText(text)',
  checkSource,
)

/** Where data can go. Taking it throws like `checkSink`. */
export const dataSink: Shape<Sink> = byCheck(
  'a stream, a function that takes each chunk, or toFile(path)',
  checkSink,
)

function byCheck<T>(may: string, check: (value: unknown) => void): Shape<T> {
  return {
    may,
    fits: (value) => typeof value === 'function' || (typeof value === 'object' && value !== null),
    take(value) {
      check(value)
      return value as T
    },
  }
}
