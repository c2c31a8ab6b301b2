/*
 * An upload that goes on where an earlier one was cut. How much is there says nothing of what is there: all of it is
 * fetched and compared with the source.
 */

import { fromFile, type Source } from '@net/core'
import {
  isFileSource,
  isReplayable,
  netError,
  openSource,
  stoppable,
  type Operation,
} from '@net/core/authoring'

import { download } from './download.ts'
import { attributesIfAny } from './path-verbs.ts'
import type { SftpSession } from './sftp-session.ts'

/** How many bytes of the file at the path are the beginning of the source: all that it has, or none. */
export async function sharedBeginning(
  session: SftpSession,
  op: Operation,
  source: Source,
  path: string,
): Promise<number> {
  if (!isReplayable(source)) {
    throw netError('NET_BODY_NOT_REPLAYABLE', {
      message: 'an upload can only be resumed from a source that can be read again',
    })
  }
  const found = await attributesIfAny(session, op, path, false).catch(() => undefined)
  const size = found?.size ?? 0
  if (size === 0) return 0
  const comparing = new Comparing(source)
  try {
    const sink = (chunk: Uint8Array): Promise<void> => comparing.next(op, chunk)
    await download(session, op, { path, sink, end: size })
    return comparing.isSame ? size : 0
  } finally {
    await comparing.end()
  }
}

/** The source without its first bytes. */
export function behind(source: Source, skip: number): Source {
  if (skip === 0) return source
  if (isFileSource(source)) {
    const { path, start, end } = source
    return fromFile(path, { start: start + skip, ...(end === undefined ? {} : { end }) })
  }
  if (source instanceof Uint8Array) return source.subarray(skip)
  return () => chunksBehind(source, skip)
}

async function* chunksBehind(source: Source, skip: number): AsyncGenerator<Uint8Array, void> {
  await using opened = await openSource(source)
  let left = skip
  for await (const chunk of opened.chunks()) {
    if (left < chunk.length) yield chunk.subarray(left)
    left = Math.max(0, left - chunk.length)
  }
}

/** Holds what comes against the source. */
class Comparing {
  isSame = true
  readonly #opening: ReturnType<typeof openSource>
  #chunks: AsyncIterator<Uint8Array> | undefined
  #held: Uint8Array = new Uint8Array(0)

  constructor(source: Source) {
    this.#opening = openSource(source)
    this.#opening.catch(() => {})
  }

  async next(op: Operation, chunk: Uint8Array): Promise<void> {
    for (let at = 0; at < chunk.length && this.isSame;) {
      if (this.#held.length === 0) this.#held = await stoppable(op, this.#more())
      const length = Math.min(this.#held.length, chunk.length - at)
      const same = Buffer.compare(this.#held.subarray(0, length), chunk.subarray(at, at + length))
      this.isSame = length > 0 && same === 0
      this.#held = this.#held.subarray(length)
      at += length
    }
  }

  async end(): Promise<void> {
    const opened = await this.#opening.catch(() => undefined)
    await opened?.close()
  }

  /** Empty where the source has ended. */
  async #more(): Promise<Uint8Array> {
    const opened = await this.#opening
    this.#chunks ??= opened.chunks()[Symbol.asyncIterator]()
    for (;;) {
      const next = await this.#chunks.next()
      if (next.done === true) return new Uint8Array(0)
      if (next.value.length > 0) return next.value
    }
  }
}
