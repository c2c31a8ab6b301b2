/* What a verb makes of its arguments: how its operation is called, and what the transfer is to do. */

import type { CallOptions, Source } from '@net/core'
import { inCall, isReplayable, leavable } from '@net/core/authoring'
import type { Verb } from '@net/socket/authoring'

import type { TransferOptions, UploadOptions } from './client-options.ts'
import { checkPath } from './remote-path.ts'
import type { UploadPlan } from './upload.ts'
import type { FtpEncoding } from './wire-text.ts'

/** The operation of a verb that moves data. */
export function transferOf(operation: string, target: string, idempotent: boolean): Verb {
  return { operation, target, kind: 'transfer', idempotent }
}

/** The operation of a verb that moves none. */
export function commandOf(
  operation: string,
  target: string | undefined,
  idempotent: boolean,
): Verb {
  return { operation, ...(target === undefined ? {} : { target }), kind: 'command', idempotent }
}

/** An upload. */
export function planOf(source: Source, path: string, options: UploadOptions): UploadPlan {
  return { source, path, allocate: options.allocate, ...mannerOf(options) }
}

/** How bytes are moved. */
export function mannerOf({
  mode,
  verify,
  rate,
}: TransferOptions): Pick<UploadPlan, 'ascii' | 'hash' | 'rate'> {
  return { ascii: mode === 'ascii', hash: verify === 'hash', rate }
}

/** Text as UTF-8, or the bytes. */
export function bytesOf(content: string | Uint8Array): Uint8Array {
  return typeof content === 'string' ? Buffer.from(content, 'utf8') : content
}

/** The options, with a signal that also says that the loop was left. */
export function joined<T extends CallOptions>(options: T, left: AbortSignal): T {
  const { signal } = options
  return { ...options, signal: signal === undefined ? left : AbortSignal.any([signal, left]) }
}

/** The next attempt of an upload. */
export interface NextAttempt {
  readonly options: UploadOptions
  /** Whether it goes on behind an earlier one by itself. */
  readonly isRepeat: boolean
}

/** How the attempts of one upload follow each other. */
export interface UploadAttempts {
  readonly idempotent: boolean
  /** The server has begun to take the file. */
  readonly begun: () => void
  /** What the next attempt is: behind one that was begun, it goes on. */
  readonly next: () => NextAttempt
}

/** The attempts of an upload of this source. */
export function againOf(source: Source, options: UploadOptions): UploadAttempts {
  const idempotent = isReplayable(source)
  const { mode, verify } = options
  const canResume = idempotent && mode !== 'ascii' && verify !== 'hash'
  let isBegun = false
  return {
    idempotent,
    begun: () => {
      isBegun = true
    },
    next: () => {
      const isRepeat = isBegun && canResume && options.resume !== true
      return { options: isRepeat ? { ...options, resume: true } : options, isRepeat }
    },
  }
}

/** Checks the paths and whatever else a call was given, before anything is done. Throws `NET_BAD_OPTION` and `NET_INJECTION`. */
export function takenBy<T>(
  call: string,
  paths: Readonly<Record<string, unknown>>,
  encoding: FtpEncoding,
  check: () => T,
): T {
  return inCall({ protocol: 'ftp', call }, () => {
    // First of all: a stream belongs to the call from here on, also if that is refused.
    const taken = check()
    for (const [name, path] of Object.entries(paths)) checkPath(name, path, encoding)
    return taken
  })
}

/** A loop that may be left at any time: what it waits for then ends by the signal. */
export function looped<T>(
  make: (left: AbortController) => AsyncGenerator<T, void>,
): AsyncGenerator<T, undefined, undefined> {
  const left = new AbortController()
  return leavable(make(left), { leave: () => left.abort() })
}
