/* What a user holds of a command, shell or subsystem that runs on the server, and what starting one takes. */

import type { CallOptions, Source } from '@net/core'

import type { CommandOutput } from './command-output.ts'
import type { SudoOptions } from './sudo.ts'

/**
 * A command, shell or subsystem that runs on the server. Disposing it ends it: TERM, then the hang-up, then the end of its
 * channel, within a second. It ends likewise with the signal and the limits of its call.
 */
export interface SshProcess extends AsyncDisposable {
  readonly stdin: ProcessInput
  /**
   * What it prints. An output that is read holds the program up where its reader is slow. One that you have not begun to
   * read never does: its first `maxUnread` bytes are kept, and reading further is `NET_PROTO_LIMIT`.
   */
  readonly stdout: CommandOutput
  /** What it prints as errors; empty with a terminal, and where it is merged into `stdout`. */
  readonly stderr: CommandOutput
  /** Sends a signal, named as in `TERM`, which is the default. Servers may ignore it; old ones do. */
  kill(signal?: string): Promise<void>
  /** Sends a break, as on a serial line (RFC 4335). Servers may ignore it. */
  sendBreak(): Promise<void>
  /** Tells that the terminal has another size. */
  resize(size: TerminalSize): Promise<void>
  /**
   * How it ended; outputs may still be read then. Rejects with what ended it early: the call's signal or limit, the loss of
   * the connection, `NET_PROTO_INCOMPLETE` if the server did not say. It is never an unhandled rejection.
   */
  readonly exit: Promise<ProcessExit>
}

/** How a command ended. */
export interface ProcessExit {
  /** Undefined if a signal ended the command. */
  readonly exitCode: number | undefined
  /** Without `SIG`, such as `KILL`; undefined if the command ended by itself. */
  readonly exitSignal: string | undefined
}

/** The input of a command that runs. */
export interface ProcessInput {
  /**
   * Writes; text as UTF-8. Resolves when there is room for more. Rejects with `NET_CONN_CLOSED` once the command reads no
   * more, and with `NET_BUSY` where the option `input` feeds it.
   */
  write(data: string | Uint8Array): Promise<void>
  /** No more input follows. */
  end(): void
}

/** How large a terminal is, in characters. */
export interface TerminalSize {
  readonly columns: number
  readonly rows: number
}

/** A terminal for what runs. */
export interface TerminalOptions {
  /** What it is, such as `xterm-256color`; default `dumb`, for which programs print no colours. */
  readonly term?: string | undefined
  /** Default 511, so that lines are not broken. */
  readonly columns?: number | undefined
  /** Default 24. */
  readonly rows?: number | undefined
  /** Whether the terminal repeats what is written to it. Default false. */
  readonly echo?: boolean | undefined
}

/** Options of every call that starts something. `timeout` and `signal` limit its whole life. */
export interface RunningOptions extends CallOptions {
  /** Variables; as for `exec`. A shell or subsystem gets only those that the server takes: others are `NET_UNSUPPORTED`. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined
  /** How many bytes of an output are kept before reading begins. Default 1 MiB. */
  readonly maxUnread?: number | undefined
}

/** Options of `spawn`. */
export interface SpawnOptions extends RunningOptions {
  /** The folder to run in; as for `exec`. */
  readonly cwd?: string | undefined
  /** What the command reads: a text, or a source of bytes, then the end. Without it `stdin` is written by hand. */
  readonly input?: string | Source | undefined
  /** `stdout`: what is printed as errors stands among the output, in the order in which it comes. Default apart. */
  readonly stderr?: 'stdout' | undefined
  /** Whether the command gets a terminal. Default false. */
  readonly terminal?: boolean | TerminalOptions | undefined
  /** Whether it runs by `sudo`; as for `exec`. Default false. */
  readonly sudo?: boolean | SudoOptions | undefined
}

/** Options of `subsystem`. */
export interface SubsystemOptions extends RunningOptions {}

/** Options of `shell`: those of its terminal, too. */
export interface ShellOptions extends RunningOptions, TerminalOptions {
  /** Whether there is a terminal; some devices want none. Default true. */
  readonly terminal?: boolean | undefined
}
