/*
 * Streams that callers hand over can fail by themselves, long before or after we look at them. From the moment that a
 * call is given one, its failure is the call's to tell, and ends nothing else.
 */

import { shared } from '../shared.ts'

/** What became of a stream. */
interface Fate {
  failed: { readonly error: unknown } | undefined
}

/** Hears the errors of the stream from here until it closes, if it is a stream of Node's. */
export function adopt(stream: unknown): void {
  // Also of one that is closed: Node marks it closed before it emits the error.
  if (!isNodeStream(stream) || isStandard(stream) || adopted.has(stream)) return
  const fate: Fate = { failed: undefined }
  adopted.set(stream, fate)
  const onError = (error: unknown): void => {
    fate.failed ??= { error }
  }
  stream.on('error', onError)
  stream.once('close', () => stream.off('error', onError))
}

/** How the stream has failed; undefined if it has not. */
export function failureOf(stream: object): { readonly error: unknown } | undefined {
  const told = adopted.get(stream)?.failed
  if (told !== undefined) return told
  const errored: unknown = Reflect.get(stream, 'errored')
  return errored == null ? undefined : { error: errored }
}

/** Whether the stream is one of this process that we may neither end nor keep listening to. */
export function isStandard(stream: unknown): boolean {
  // Only a write can make them fail, and who writes hears it.
  return stream === process.stdout || stream === process.stderr
}

interface NodeStream {
  on(event: 'error', listener: (error: unknown) => void): unknown
  once(event: 'close', listener: () => void): unknown
  off(event: 'error', listener: (error: unknown) => void): unknown
}

function isNodeStream(value: unknown): value is NodeStream {
  if (typeof value !== 'object' || value === null) return false
  return ['on', 'once', 'off', 'destroy'].every(
    (name) => typeof Reflect.get(value, name) === 'function',
  )
}

// Shared by all copies of this package.
const adopted: WeakMap<object, Fate> = shared('adopted-streams', () => new WeakMap())
