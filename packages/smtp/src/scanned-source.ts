/*
 * A source of finished lines, which go out as they are: looked at before they are announced to the server. What can be read
 * twice at no cost to others is read whole; of anything else the headers are read ahead, and the rest is looked at as
 * it passes.
 */

import type { Source } from '@net/core'
import { isReplayable, netError, openSource, stoppable, type OpenSource } from '@net/core/authoring'

import type { Content, Opening } from './content.ts'
import { ContentScan, type ContentFacts } from './content-scan.ts'

/** A source that is ready to be sent. */
export interface ScannedSource {
  readonly source: OpenSource
  readonly facts: ContentFacts
  /** Whether the facts are those of the whole source. */
  readonly whole: boolean
}

/** Opens a source and looks at it. Rejects with what the source throws and with what `check` throws. */
export async function scanSource(source: Source, opening: Opening): Promise<ScannedSource> {
  const opened = await openSource(source)
  const scan = new ContentScan()
  // To call a function twice could fetch something twice.
  const whole = isReplayable(source) && typeof source !== 'function'
  const ahead = new ReadAhead(opened, scan, opening)
  try {
    await stoppable(opening.op, whole ? ahead.readAll() : ahead.readHeaders())
  } catch (error) {
    await opened.close()
    throw error
  }
  if (!whole) return { source: ahead, facts: scan.facts, whole: ahead.ended }
  await opened.close()
  return { source: await openSource(source), facts: scan.facts, whole }
}

/** A message that is sent as it is: headers and text, whatever they are. */
export async function rawContent(raw: Source, opening: Opening): Promise<Content> {
  const { source, facts, whole } = await scanSource(raw, opening)
  return {
    content: source.chunks(),
    // What was not seen may have any bytes.
    eightBit: facts.eightBit || !whole,
    utf8Headers: facts.utf8Header !== undefined,
    close: () => source.close(),
    ...(whole ? { size: facts.size } : {}),
  }
}

class ReadAhead implements OpenSource {
  readonly size = undefined
  readonly replayable = false
  readonly #opened: OpenSource
  readonly #scan: ContentScan
  readonly #check: Opening['check']
  readonly #chunks: AsyncIterator<Uint8Array>
  readonly #kept: Uint8Array[] = []
  #ended = false

  constructor(opened: OpenSource, scan: ContentScan, { check }: Opening) {
    this.#opened = opened
    this.#scan = scan
    this.#check = check
    this.#chunks = opened.chunks()[Symbol.asyncIterator]()
  }

  /** Whether the source was read to its end. */
  get ended(): boolean {
    return this.#ended
  }

  /** Reads the whole of it and keeps nothing. */
  async readAll(): Promise<void> {
    while ((await this.#next()) !== undefined);
  }

  /** Reads its headers, which are kept. */
  async readHeaders(): Promise<void> {
    let size = 0
    while (this.#scan.inHeaders && size < LONGEST_AHEAD) {
      const chunk = await this.#next()
      if (chunk === undefined) return
      size += chunk.length
      // The chunk is its owner's again when the next one is asked for.
      this.#kept.push(Uint8Array.from(chunk))
    }
  }

  async *chunks(): AsyncGenerator<Uint8Array, void> {
    const { utf8Header } = this.#scan.facts
    yield* this.#kept.splice(0)
    for (let chunk = await this.#next(); chunk !== undefined; chunk = await this.#next()) {
      if (utf8Header !== this.#scan.facts.utf8Header) throw late(this.#scan.facts)
      yield chunk
    }
  }

  async close(): Promise<void> {
    await this.#opened.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #next(): Promise<Uint8Array | undefined> {
    if (this.#ended) return undefined
    const result: IteratorResult<Uint8Array, unknown> = await this.#chunks.next()
    this.#ended = result.done === true
    if (result.done === true) this.#scan.end()
    else this.#scan.push(result.value)
    this.#check(this.#scan.facts)
    return result.done === true ? undefined : result.value
  }
}

function late({ utf8Header = '' }: ContentFacts): Error {
  return netError('NET_UNSUPPORTED', {
    message: `the header ${utf8Header} of a part has characters beyond ASCII, which had to be announced before; send the message from a source that can be read twice, such as a file`,
  })
}

const LONGEST_AHEAD = 65_536
