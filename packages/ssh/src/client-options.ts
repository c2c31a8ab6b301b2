/* What connecting and running commands take, and what they give. */

import type { CallDefaults, CallOptions, Credential, LogOption, Source } from '@net/core'
import type { BlockOption, Dialer, ProxyOption } from '@net/socket'

import type { HostKeyPolicy } from './host-keys/policy.ts'
import type { KeyAuth } from './identity/keys.ts'
import type { KeepAliveOptions } from './keep-alive.ts'

/** Options of `connect`. `timeout` limits connecting; limits of later calls are `defaults.timeout`. */
export interface ConnectOptions extends CallOptions {
  /** The login name; default that of the URL, else that of the user who runs this process. */
  readonly user?: string | undefined
  /** Tried after `auth`; sent only after the host key was checked. Default that of the URL. */
  readonly password?: Credential | undefined
  /** What to log in with, in this order. */
  readonly auth?: KeyAuth | readonly KeyAuth[] | undefined
  /** Which host keys are trusted; default `knownHosts()`. */
  readonly hostKeys?: HostKeyPolicy | undefined
  /** The name under which the host key is looked up, in place of the host's own name and port. */
  readonly hostKeyAlias?: string | undefined
  /** The road to the server; default straight over TCP. Excludes `proxy`. */
  readonly dialer?: Dialer | undefined
  /** A proxy, or a chain of them, nearest first; `'environment'` for ALL_PROXY. Default false. */
  readonly proxy?: ProxyOption | undefined
  /** `'private'` lets addresses of the public internet pass and no others: else `NET_ADDRESS_BLOCKED`. Default none. */
  readonly block?: BlockOption | undefined
  /** How often a silent server is asked whether it is there: every 15 s, given up after 3 questions; false for never. */
  readonly keepAlive?: KeepAliveOptions | false | undefined
  /** A log for this client alone. */
  readonly log?: LogOption | undefined
  /** Limits and retry policy of later calls. */
  readonly defaults?: CallDefaults | undefined
}

/** Options of `exec`. */
export interface ExecOptions extends CallOptions {
  /** What the command reads: a text, or a source of bytes. Without it the command's input is empty. */
  readonly input?: string | Source | undefined
  /**
   * Variables for the command. They are sent apart from the command line. Those that the server does not take are set in
   * front of the command instead, which needs a POSIX shell or fish; other users of the server may see them there. Names
   * that a shell sets by itself, such as `PWD`, are `NET_BAD_OPTION`.
   */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined
  /**
   * The folder to run in; a relative path begins at the login folder, and `~` has no meaning. Needs a POSIX shell or
   * fish, or csh for a command of one line. Where the shell cannot go there or cannot set a variable, nothing of the
   * command runs, and the result has the shell's exit status and its words.
   */
  readonly cwd?: string | undefined
  /** Whether a non-zero exit status or a signal is an error, `SshExitError`. Default false. */
  readonly check?: boolean | undefined
  /** How much both outputs together may be, in bytes; default 64 MiB, above it `NET_PROTO_LIMIT`. */
  readonly maxBytes?: number | undefined
  /** Whether the outputs are given as text, in UTF-8, or as bytes. Default `text`. */
  readonly output?: 'text' | 'bytes' | undefined
}

/** Options of `exec` for outputs as bytes. */
export interface ExecBytesOptions extends ExecOptions {
  readonly output: 'bytes'
}

/** What became of a command. */
export interface ExecResult<T extends string | Uint8Array = string> {
  readonly stdout: T
  readonly stderr: T
  /** Undefined if a signal ended the command. */
  readonly exitCode: number | undefined
  /** Without `SIG`, such as `KILL`; undefined if the command ended by itself. */
  readonly exitSignal: string | undefined
}

/** How a client ends. */
export interface CloseOptions {
  /** Milliseconds for running calls to end by themselves; default 2,000. */
  readonly grace?: number | undefined
}
