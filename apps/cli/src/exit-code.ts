/* The exit codes, by the class of the error: one table, which the help prints. */

import { isAbort, isNetError, type NetError } from '@net/core'

import { Interruption } from './interruption.ts'
import { UsageError } from './usage-error.ts'

/** An exit code and what it means. */
export interface ExitCode {
  readonly code: number
  readonly meaning: string
  /** The classes of errors that end with it. */
  readonly classes: readonly string[]
}

/** Every exit code of the command itself; `exec` and `shell` end with the code of what ran there. */
export const exitCodes: readonly ExitCode[] = [
  { code: 0, meaning: 'done', classes: [] },
  {
    code: 1,
    meaning: 'partly done, several failures, or a difference that `diff` found',
    classes: ['PartialError', 'GroupError'],
  },
  { code: 2, meaning: 'wrong arguments', classes: ['ArgumentError', 'UsageError'] },
  {
    code: 3,
    meaning: 'refused by the server: not there, not allowed, HTTP 400 and above',
    classes: ['ReplyError', 'RedirectError'],
  },
  { code: 4, meaning: 'not reached', classes: ['ConnectError', 'ProxyError'] },
  {
    code: 5,
    meaning: 'not trusted: certificate, host key, or a password that would have gone in clear',
    classes: ['TlsError', 'HostKeyError', 'PolicyError'],
  },
  { code: 6, meaning: 'login refused', classes: ['AuthError'] },
  { code: 7, meaning: 'a time limit passed', classes: ['NetTimeoutError'] },
  {
    code: 8,
    meaning: 'connection lost, or the server broke the protocol',
    classes: ['ConnectionLostError', 'ProtocolError'],
  },
  { code: 9, meaning: 'what arrived is not what was sent', classes: ['IntegrityError'] },
  { code: 70, meaning: 'an error of this program', classes: ['NetError', 'StateError'] },
  { code: 74, meaning: 'a local file or stream failed', classes: ['LocalIoError'] },
  { code: 129, meaning: 'ended by SIGHUP', classes: [] },
  { code: 130, meaning: 'ended by SIGINT (Ctrl-C)', classes: ['AbortError'] },
  { code: 141, meaning: 'the reader of the output left before the work was done', classes: [] },
  { code: 143, meaning: 'ended by SIGTERM', classes: [] },
]

/** The exit code of what a command threw. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof Interruption) return error.exitCode
  if (error instanceof UsageError) return 2
  if (isNetError(error)) return codeOfNet(error)
  if (error instanceof Error && 'code' in error && error.code === 'EPIPE') return 0
  return error instanceof Error && 'syscall' in error ? 74 : 70
}

/** One code for several failures: their own if they agree, else that of partly done. */
export function exitCodeOfAll(codes: readonly number[]): number {
  const [first = 0, ...more] = codes
  return more.every((code) => code === first) ? first : 1
}

function codeOfNet(error: NetError): number {
  if (isAbort(error) && error.cause instanceof Interruption) return error.cause.exitCode
  // Several attempts that failed: the last says why there was no other.
  const last = error.code === 'NET_RETRIES_EXHAUSTED' ? error.attempts?.at(-1) : undefined
  if (last !== undefined) return exitCodeOf(last)
  // HTTP answers 401 where others refuse a login.
  const name = error.code === 'NET_AUTH_REJECTED' ? 'AuthError' : classOf(error)
  return BY_CLASS.get(name) ?? 70
}

/** The class of the tree that it belongs to; protocols have classes of their own below those. */
function classOf(error: NetError): string {
  for (
    let at: unknown = Object.getPrototypeOf(error);
    at !== null;
    at = Object.getPrototypeOf(at)
  ) {
    const { name } = (at as object).constructor
    if (BY_CLASS.has(name)) return name
  }
  return error.name
}

const BY_CLASS: ReadonlyMap<string, number> = new Map(
  exitCodes.flatMap(({ code, classes }) => classes.map((name) => [name, code] as const)),
)
