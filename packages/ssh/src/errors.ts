/*
 * The errors of SSH that carry more than core's: what a command printed, why a channel was refused, which host keys
 * were compared.
 */

import { HostKeyError, ReplyError, type ErrorDetails, type NetErrorCode } from '@net/core'
import { nameErrors, printedWithoutSecrets } from '@net/core/authoring'

/** How a remote command ended, for `SshExitError`. */
export interface ExitDetails {
  readonly exitCode: number | undefined
  readonly exitSignal: string | undefined
  readonly stdout: string | Uint8Array
  readonly stderr: string | Uint8Array
}

/** A remote command ended with a non-zero status (`NET_EXIT_STATUS`) or by a signal (`NET_EXIT_SIGNAL`), and `check` was asked for. */
export class SshExitError extends ReplyError {
  /** Undefined if a signal ended the command. */
  readonly exitCode: number | undefined
  /** Without `SIG`, such as `KILL`; undefined if the command ended by itself. */
  readonly exitSignal: string | undefined
  /** What the command printed, without held secrets; not enumerable, so that it does not fill logs. */
  declare readonly stdout: string | Uint8Array
  /** What the command printed as errors, without held secrets; not enumerable. */
  declare readonly stderr: string | Uint8Array

  constructor(code: NetErrorCode, details: ErrorDetails, exit: ExitDetails) {
    super(code, details)
    this.exitCode = exit.exitCode
    this.exitSignal = exit.exitSignal
    const { stdout, stderr } = printedWithoutSecrets(exit)
    Object.defineProperty(this, 'stdout', { value: stdout })
    Object.defineProperty(this, 'stderr', { value: stderr })
  }
}

/** The server refused to open a channel, or a request on one. */
export class SshChannelError extends ReplyError {
  /** The reason of RFC 4254, section 5.1: 1 prohibited, 2 connect failed, 3 unknown type, 4 shortage; undefined for a request. */
  readonly reason: number | undefined

  constructor(code: NetErrorCode, details: ErrorDetails, reason?: number) {
    super(code, details)
    this.reason = reason
  }
}

/** The server's host key is unknown, changed or revoked; nothing of a login was sent. */
export class SshHostKeyError extends HostKeyError {
  /** Of the key that the server showed, as `SHA256:…`. */
  readonly fingerprint: string
  /** Of the keys that are known for the host. */
  readonly known: readonly string[]

  constructor(
    code: NetErrorCode,
    details: ErrorDetails,
    keys: { readonly fingerprint: string; readonly known: readonly string[] },
  ) {
    super(code, details)
    this.fingerprint = keys.fingerprint
    this.known = keys.known
  }
}

nameErrors({ SshExitError, SshChannelError, SshHostKeyError })
