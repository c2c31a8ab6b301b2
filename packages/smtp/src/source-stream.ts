/*
 * A source of the caller's as the kind of stream that the engine reads. What the source throws is kept here as it
 * is: the engine would write into it.
 */

import { Readable } from 'node:stream'

import { copyOf, type OpenSource } from '@net/core/authoring'
import type { Source } from '@net/core'

import type { Content, Opening } from './content.ts'
import { surveySource } from './surveyed-source.ts'

/** One opened source as a stream. */
export class SourceStream {
  readonly readable: Readable
  readonly #source: OpenSource
  #fault: { readonly error: unknown } | undefined

  constructor(source: OpenSource) {
    this.#source = source
    this.readable = Readable.from(this.#chunks(), { objectMode: false })
    // Its reader gets its errors; before and after that none of them may end the process.
    this.readable.on('error', () => {})
  }

  /** What the source threw. */
  get fault(): { readonly error: unknown } | undefined {
    return this.#fault
  }

  /** Lets go of the source. */
  async close(): Promise<void> {
    this.readable.destroy()
    await this.#source.close()
  }

  async *#chunks(): AsyncGenerator<Uint8Array, void> {
    try {
      // The stream reads ahead, and the chunk is its owner's again when the next one is asked for.
      for await (const chunk of this.#source.chunks()) yield copyOf(chunk)
    } catch (error) {
      this.#fault = { error }
      throw new Error('the source failed', { cause: error })
    }
  }
}

/** A message that is sent as it is: headers and text, whatever they are. */
export async function rawContent(raw: Source, opening: Opening): Promise<Content> {
  const { source, facts, whole } = await surveySource(raw, opening)
  const stream = new SourceStream(source)
  return {
    content: stream.readable,
    // What was not seen may have any bytes.
    eightBit: facts.eightBit || !whole,
    utf8Headers: facts.utf8Header !== undefined,
    get fault() {
      return stream.fault
    },
    close: () => stream.close(),
    ...(whole ? { size: facts.size } : {}),
  }
}
