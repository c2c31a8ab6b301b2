/* The doors of the calls of a connection: without options, which is usual, they cost nothing. */

import type { CloseOptions } from '@net/core'
import {
  closeDoor,
  option,
  optionsDoor,
  shape,
  type CallPlace,
  type OptionsDoor,
  type OptionTable,
  type Shape,
} from '@net/core/authoring'

import type {
  ReadLimitOptions,
  ReadSomeOptions,
  ReadTextOptions,
  StartTlsOptions,
  WaitOptions,
} from './connection.ts'
import type { Transport } from './transport.ts'

// The call adds its name.
const PLACE: CallPlace = { protocol: 'socket' }
const wait: OptionTable<WaitOptions> = { signal: option.signal, timeout: option.timeout }
/** How bytes are read as text. */
export const encoding: Shape<BufferEncoding> = option.oneOf<BufferEncoding>(
  'ascii',
  'utf8',
  'utf-8',
  'utf16le',
  'utf-16le',
  'ucs2',
  'ucs-2',
  'base64',
  'base64url',
  'latin1',
  'binary',
  'hex',
)
const limited: OptionTable<ReadLimitOptions> = { ...wait, limit: option.bytes }
const textual: OptionTable<ReadTextOptions> = { ...limited, encoding }

/** `read`. */
export const takeReadSome: OptionsDoor<ReadSomeOptions> = optionsDoor<ReadSomeOptions>(PLACE, {
  ...wait,
  max: option.count,
})

/** `readUntil` and `readAll`. */
export const takeReadLimit: OptionsDoor<ReadLimitOptions> = optionsDoor<ReadLimitOptions>(
  PLACE,
  limited,
  { max: 'limit' },
)

/** `readText`, `readLine` and `lines`. */
export const takeReadText: OptionsDoor<ReadTextOptions> = optionsDoor<ReadTextOptions>(
  PLACE,
  textual,
  { max: 'limit' },
)

/** `readExactly`, `write`, `flush`, `end` and `stopTls`. */
export const takeWait: OptionsDoor<WaitOptions> = optionsDoor<WaitOptions>(PLACE, wait)

/** `startTls`. */
export const takeStartTls: OptionsDoor<StartTlsOptions> = optionsDoor<StartTlsOptions>(PLACE, {
  ...wait,
  mayStop: option.flag,
})

/** The `grace` of `close`. */
export const takeGrace: (options: CloseOptions | undefined) => number = closeDoor(PLACE)

/** What can be used as a transport. */
export const isTransport: Shape<Transport> = option.methods<Transport>(
  'a transport, such as dialer.dial() gives',
  'read',
  'write',
  'end',
  'close',
  'abort',
)

/** A delimiter. */
export const notEmpty: Shape<string | Uint8Array> = shape(
  'a string or a Uint8Array, and not empty',
  (value) => (typeof value === 'string' || value instanceof Uint8Array) && value.length > 0,
)
/** Memory to read into. */
export const isFilled: Shape<Uint8Array> = shape(
  'a Uint8Array with room for at least one byte',
  (value) => value instanceof Uint8Array && value.length > 0,
)

/** What can be sent. */
export const written: Shape<readonly Uint8Array[]> = shape(
  'a string, a Uint8Array or a list of Uint8Arrays',
  (value) => Array.isArray(value) && value.every((each) => each instanceof Uint8Array),
)
