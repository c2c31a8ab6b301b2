/* Why a run ends early, and the exit code that says so. */

/** A signal of the system, or the reader of the output that has left. */
export class Interruption extends Error {
  readonly what: InterruptingSignal | 'EPIPE'
  readonly exitCode: number

  constructor(what: InterruptingSignal | 'EPIPE') {
    super(what === 'EPIPE' ? 'the reader of the output has left' : `interrupted by ${what}`)
    this.what = what
    this.exitCode = EXIT_CODES[what]
  }
}

/** For a command that changes something, or whose exit code is its answer, a reader that has left is no success: as shells have SIGPIPE. */
export const LEFT_IN_THE_MIDDLE = 141

/** The signals that end a run and leave what the next one resumes. */
export type InterruptingSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP'

// 128 and the number of the signal, as shells have it. A reader such as `head` that has enough is no failure.
const EXIT_CODES = { EPIPE: 0, SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const
