/*
 * The lines that an operation sent and received, in the memory of the history. A line makes way for one of a later operation,
 * and its text stays where that has the same: requests and answers are mostly alike.
 */

import type { WireEvent } from '@net/core'

import type { WireLine } from './operation-record.ts'

/** The lines of one operation after the other. */
export class KeptLines {
  /** How many there are. */
  count = 0
  /** What they take, in characters. */
  size = 0
  /** Those of the operation, then those of earlier ones. */
  #lines: KeptLine[] = []

  /** A copy of them, in the order in which they came. */
  list(): readonly WireLine[] {
    return this.#lines.slice(0, this.count).map((line) => ({ ...line }))
  }

  /** Takes one. */
  add({ time, direction }: WireEvent, text: string): void {
    const line = this.#lines[this.count]
    if (line === undefined) this.#grow({ time, direction, text })
    else {
      line.time = time
      line.direction = direction
      if (line.text !== text) line.text = text
    }
    this.count++
    this.size += text.length + LINE_COST
  }

  /** There are none any more. What a later operation hardly uses is let go of. */
  clear(): void {
    if (this.#lines.length > FEW) this.#lines = this.#lines.slice(0, FEW)
    for (const line of this.#lines) if (line.text.length > SHORT) line.text = ''
    this.count = 0
    this.size = 0
  }

  /** An array that is pushed to takes room for sixteen more, and most operations have two lines. */
  #grow(line: KeptLine): void {
    if (this.#lines.length < FEW) this.#lines = [...this.#lines, line]
    else this.#lines.push(line)
  }
}

type KeptLine = { -readonly [K in keyof WireLine]: WireLine[K] }

/** What a line takes beside its text. */
const LINE_COST = 64
const FEW = 4
const SHORT = 64
