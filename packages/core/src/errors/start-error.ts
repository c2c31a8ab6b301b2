/*
 * The error of a program that could not be started, without the program's arguments: they may be secrets. Node shows them in its
 * message about a bad argument, and in the fields of its error.
 */

import { isError } from './is-error.ts'
import { codeOf } from './from-node.ts'
import { netError, type NetError } from './net-error.ts'

/** What the error says. */
export interface StartFailure {
  /** The message where Node refuses an argument of the call, as one with a NUL character. */
  readonly refused: string
  /** The message where the system refuses, with its code, such as `ENOENT`. */
  readonly failed: (code: string) => string
}

/**
 * The error for what `spawn` throws, or gives with its event `error`. Its code is `NET_BAD_OPTION`, `NET_LOCAL_LIMIT` or
 * `NET_LOCAL_IO`; neither it nor its cause has the arguments.
 */
export function startError(thrown: unknown, { refused, failed }: StartFailure): NetError {
  const code = isError(thrown) ? codeOf(thrown) : ''
  if (code.startsWith('ERR_INVALID_ARG')) return netError('NET_BAD_OPTION', { message: refused })
  if (isError(thrown)) Reflect.deleteProperty(thrown, 'spawnargs')
  return netError(EXHAUSTED.has(code) ? 'NET_LOCAL_LIMIT' : 'NET_LOCAL_IO', {
    message: failed(code),
    cause: thrown,
  })
}

const EXHAUSTED: ReadonlySet<string> = new Set(['EAGAIN', 'EMFILE', 'ENFILE', 'ENOMEM'])
