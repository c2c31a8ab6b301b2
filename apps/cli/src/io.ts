/* What a command has of the world around it: its streams, its environment, and a terminal to ask at. Types only. */

import type { Readable, Writable } from 'node:stream'

/** A stream that may be a terminal. */
export type Screen = Writable & {
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
  readonly rows?: number | undefined
}

/** Standard input, which may be a terminal. */
export type Keyboard = Readable & {
  readonly isTTY?: boolean | undefined
  /** Whether keys come one by one; a terminal has it. */
  readonly setRawMode?: ((raw: boolean) => unknown) | undefined
}

/** The terminal itself, whatever the standard streams are. */
export interface Terminal {
  readonly input: Readable
  write(text: string): void
  /** Whether keys come one by one, and are not shown. */
  setRaw(raw: boolean): void
  close(): void
}

/** The world of one run. */
export interface Io {
  readonly stdin: Keyboard
  readonly stdout: Screen
  readonly stderr: Screen
  readonly env: Readonly<Record<string, string | undefined>>
  /** Opens the terminal to ask a question at; undefined where there is none. */
  readonly openTerminal: () => Terminal | undefined
  /** Aborted when the run is to end early, with an `Interruption`. */
  readonly signal: AbortSignal
}
