/* What may be said about how a body is to be read. */

import { argument, inCall, option, optionsDoor, shape, type Shape } from '@net/core/authoring'

import type { EventOptions } from './read-events.ts'

/** Throws `NET_BAD_OPTION` for what is no schema. */
export function checkSchema(schema: unknown, call: 'json' | 'jsonLines' = 'json'): void {
  if (schema === undefined) return
  inCall({ protocol: 'http', call }, () => argument('the schema', standardSchema, schema))
}

/** Throws `NET_BAD_OPTION` for options that `events` has not. */
export function checkEvents(options: EventOptions | undefined): void {
  eventOptions(options)
}

/** Throws `NET_BAD_OPTION` for what names no charset of the Encoding Standard; `text` takes a function as well. */
export function checkCharset(call: 'text' | 'lines', charset: unknown): void {
  if (charset === undefined || (call === 'text' && typeof charset === 'function')) return
  inCall({ protocol: 'http', call }, () => argument('the charset', knownCharset, charset))
}

const eventOptions = optionsDoor<EventOptions>(
  { protocol: 'http', call: 'events' },
  { maxEventBytes: option.count },
)
const standardSchema: Shape<unknown> = shape(
  'a schema that follows Standard Schema, with "~standard".validate',
  (value) => {
    const standard: unknown = Reflect.get(Object(value) as object, '~standard')
    return typeof Reflect.get(Object(standard) as object, 'validate') === 'function'
  },
)
const knownCharset: Shape<string> = shape("the name of a charset, such as 'latin1'", (value) => {
  try {
    return typeof value === 'string' && new TextDecoder(value).encoding !== ''
  } catch {
    return false
  }
})
