/* The terminal that a client has asked for, as long as its session lasts (RFC 4254, sections 6.2 and 6.7). */

import { FieldReader } from '../identity/wire.ts'
import type { TerminalSize } from '../ssh-process.ts'

/** The terminal of a session; its size follows the client's. */
export interface ServedTerminal extends TerminalSize {
  /** What it is, such as `xterm`. */
  readonly term: string
  /** The modes that the client has set, by their numbers (RFC 4254, section 8), such as 53 for ECHO. */
  readonly modes: ReadonlyMap<number, number>
  /** Calls the listener with each new size. */
  onResize(listener: (size: TerminalSize) => void): void
}

/** A terminal whose size changes. */
export class LiveTerminal implements ServedTerminal {
  readonly term: string
  readonly modes: ReadonlyMap<number, number>
  readonly #listeners = new Set<(size: TerminalSize) => void>()
  #size: TerminalSize

  constructor(term: string, size: TerminalSize, modes: ReadonlyMap<number, number>) {
    this.term = term
    this.modes = modes
    this.#size = size
  }

  get columns(): number {
    return this.#size.columns
  }

  get rows(): number {
    return this.#size.rows
  }

  onResize(listener: (size: TerminalSize) => void): void {
    this.#listeners.add(listener)
  }

  resize(size: TerminalSize): void {
    this.#size = size
    for (const listener of this.#listeners) listener(size)
  }
}

/** The modes in a request for a terminal, as it came. */
export function modesOf(request: Uint8Array): ReadonlyMap<number, number> {
  const modes = new Map<number, number>()
  // The number of the message and the channel, then the type, the wish for an answer, the name and the size.
  const reader = new FieldReader(request.subarray(5))
  reader.field()
  reader.bytes(1)
  reader.field()
  reader.bytes(16)
  const encoded = new FieldReader(reader.field())
  while (encoded.left > 0) {
    const mode = encoded.bytes(1)[0] ?? 0
    if (mode === END || mode >= NO_NUMBERS) break
    modes.set(mode, encoded.number())
  }
  return modes
}

const END = 0
// From here on the arguments are none that anybody has described.
const NO_NUMBERS = 160
