/*
 * What a command prints, for people or for programs: results on stdout, everything about them on stderr. With `--json` each
 * result is one object a line, the same with or without a terminal, and nothing else is printed.
 */

import { Interruption } from '../interruption.ts'
import type { Io, Screen } from '../io.ts'
import { harmless, harmlessLines } from './harmless.ts'
import { ShownText } from './shown-text.ts'

/** An object of `--json`; `type` says what it is. */
export interface JsonEvent {
  readonly type: string
  readonly [key: string]: unknown
}

/** How a run prints. */
export interface OutputOptions {
  readonly json?: boolean | undefined
  /** Control characters of peers pass, also to a terminal. */
  readonly raw?: boolean | undefined
  /** Errors alone on stderr. */
  readonly silent?: boolean | undefined
}

/** The output of one run. */
export class Output {
  readonly json: boolean
  readonly raw: boolean
  readonly silent: boolean
  /** Whether people see stdout, and colours may be used there. */
  readonly isTerminal: boolean
  readonly hasColors: boolean
  readonly io: Io
  #failure: unknown
  /** Takes the progress line away before something else is printed on stderr. */
  clearLine: () => void = () => {}

  constructor(io: Io, { json = false, raw = false, silent = false }: OutputOptions) {
    this.io = io
    this.json = json
    this.raw = raw
    this.silent = silent
    this.isTerminal = io.stdout.isTTY === true
    this.hasColors = this.isTerminal && (io.env['NO_COLOR'] ?? '') === ''
  }

  /** A result: the object for programs, the line for people. */
  async result(event: JsonEvent, line: string | undefined): Promise<void> {
    if (this.json) await this.bytes(`${JSON.stringify(event)}\n`)
    else if (line !== undefined) await this.bytes(`${line}\n`)
  }

  /** Something for programs alone, such as progress. */
  async event(event: JsonEvent): Promise<void> {
    if (this.json) await this.bytes(`${JSON.stringify(event)}\n`)
  }

  /** Something about the run, on stderr. */
  note(text: string): void {
    if (this.json || this.silent) return
    this.complain(text)
  }

  /** What went wrong, on stderr. */
  complain(text: string): void {
    this.clearLine()
    this.io.stderr.write(`${harmlessLines(text)}\n`)
  }

  /** A name of a peer on stdout: harmless on a terminal, as it is for a pipe. */
  name(text: string): string {
    return this.isTerminal && !this.raw ? harmless(text) : text
  }

  /** Bytes on stdout, once there is room for more. Rejects when stdout has failed. */
  async bytes(data: string | Uint8Array): Promise<void> {
    this.clearLine()
    await written(this.io.stdout, data, (error) => (this.#failure ??= error))
    if (this.#failure !== undefined) throw failureOf(this.#failure)
  }

  /** What a file has: as it is for a pipe, on a terminal as harmless text. */
  async contents(chunks: AsyncIterable<Uint8Array>): Promise<void> {
    const shown = this.isTerminal && !this.raw ? new ShownText() : undefined
    for await (const chunk of chunks) await this.bytes(shown?.add(chunk) ?? chunk)
    if (shown !== undefined) await this.bytes(shown.end())
  }

  /** Waits until all of stdout has left. */
  async flush(): Promise<void> {
    if (this.#failure === undefined && this.io.stdout.writableLength > 0) await this.bytes('')
  }
}

async function written(
  stream: Screen,
  data: string | Uint8Array,
  failed: (error: unknown) => void,
): Promise<void> {
  if (stream.errored !== null) {
    failed(stream.errored)
    return
  }
  if (data.length > 0 && stream.write(data)) return
  await new Promise<void>((resolve) => {
    const settled = (error?: unknown): void => {
      stream.off('close', settled)
      stream.off('error', settled)
      if (error != null) failed(error)
      resolve()
    }
    // A destroyed stream need not call back.
    stream.once('close', settled)
    stream.once('error', settled)
    stream.write('', settled)
  })
}

function failureOf(failure: unknown): unknown {
  const code = failure instanceof Error && 'code' in failure ? failure.code : undefined
  return code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED' ? new Interruption('EPIPE') : failure
}
