/* What connecting and running commands take, and what they give. */

import type { CallOptions, Credential, Sink, Source } from '@net/core'
import type { LoginConnectOptions } from '@net/socket/authoring'

import type { AlgorithmLists } from './algorithm-names.ts'
import type { HostKey } from './host-keys/host-key.ts'
import type { HostKeyPolicy } from './host-keys/policy.ts'
import type { SshAuth } from './identity/auth.ts'
import type { KeepAliveOptions } from './keep-alive.ts'
import type { RekeyOptions } from './rekey-watch.ts'
import type { TerminalOptions } from './ssh-process.ts'
import type { SudoOptions } from './sudo.ts'

/** Options of `connect`. `timeout` limits connecting; limits of later calls are `defaults.timeout`. A password is tried after `auth`, and sent only after the host key was checked. */
export interface SshConnectOptions extends LoginConnectOptions {
  /** What to log in with, in this order: `key()`, `agent()`, `keyboardInteractive()`. */
  readonly auth?: SshAuth | readonly SshAuth[] | undefined
  /** The password to set where the server says that the old one has expired. Without it that is `NET_AUTH_EXPIRED`. */
  readonly newPassword?: Credential | undefined
  /**
   * Whether the host is looked up in ssh_config, as `ssh` does: `true` for `~/.ssh/config` and `/etc/ssh/ssh_config`, or the
   * paths of other files. Options that are given count before it. Without `auth` it also means the keys of the agent and of
   * `~/.ssh`. Default true for a name such as `build-box`, false for a URL.
   */
  readonly config?: boolean | string | readonly string[] | undefined
  /** The hosts to go through, the nearest first, each with a login of its own: nothing of the target's reaches them. */
  readonly jump?: SshJump | readonly SshJump[] | undefined
  /**
   * Whether commands on the server may use an agent of this side: that of `SSH_AUTH_SOCK`, or the one at this socket. Whoever
   * rules the server can log in with its keys meanwhile, and the log says so. Default false.
   */
  readonly forwardAgent?: boolean | string | undefined
  /** For encrypted keys that `ssh_config` or `~/.ssh` has; asked for only once the server has taken the key. */
  readonly passphrase?: Credential | undefined
  /** Which host keys are trusted; default `knownHosts()`. */
  readonly hostKeys?: HostKeyPolicy | undefined
  /** The name under which the host key is looked up, in place of the host's own name and port. */
  readonly hostKeyAlias?: string | undefined
  /**
   * Which algorithms are offered, in this order: lists that take the place of ours. `oldDevices` has those that only old
   * devices need. A name that is not known here is `NET_BAD_OPTION`.
   */
  readonly algorithms?: AlgorithmLists | undefined
  /** Whether what is sent after the login is compressed, where the server does that too. Default false. */
  readonly compress?: boolean | undefined
  /** When new keys are agreed on: after 1 GiB, or after an hour. */
  readonly rekey?: RekeyOptions | undefined
  /**
   * Called once after the login with the host keys that the server has besides and has proved to be its own
   * (`hostkeys-00@openssh.com`), after the policy has learnt them. What it throws is reported and changes nothing.
   */
  readonly onHostKeys?: ((keys: readonly HostKey[]) => void) | undefined
  /** How often a silent server is asked whether it is there: every 15 s, given up after 3 questions; false for never. */
  readonly keepAlive?: KeepAliveOptions | false | undefined
}

/** A host to go through: its URL, or its name in ssh_config; with options of its own. */
export type SshJump =
  | string
  | (Omit<SshConnectOptions, 'jump' | 'dialer' | 'proxy'> & { readonly url: string | URL })

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
  /** Where the output goes while the command runs; the result has none then. Default it is collected. */
  readonly stdout?: Sink | undefined
  /** The same for what is printed as errors; `stdout` puts it among the output, in the order in which it comes. */
  readonly stderr?: Sink | 'stdout' | undefined
  /**
   * Whether the command gets a terminal: its outputs are one then, with the line ends of terminals, and the end of the
   * channel hangs the program up. Default false.
   */
  readonly terminal?: boolean | TerminalOptions | undefined
  /**
   * Whether the command runs by `sudo`, as root or as another user, with its folder and its variables. The account must be
   * allowed to run `sh` so. What sudo itself prints is no output of the command, unless the command does not come to run:
   * then the result has it, with the exit status of sudo. A password that it refuses is `NET_AUTH_REJECTED`. Default false.
   */
  readonly sudo?: boolean | SudoOptions | undefined
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
