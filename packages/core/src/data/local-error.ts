/* What a failure of the local file system is called: one error that says which file, with errno in its cause. */

import { isNetError, netError, redactForeign, type NetError } from '../errors/net-error.ts'

/** The error of ours for whatever a call on that file threw; one of ours passes. */
export function localError(thrown: unknown, doing: string, path: string): NetError {
  if (isNetError(thrown)) return thrown
  redactForeign(thrown)
  const code: unknown = thrown instanceof Error ? Reflect.get(thrown, 'code') : undefined
  const why = typeof code === 'string' ? ` (${code})` : ''
  return netError(EXHAUSTED.has(String(code)) ? 'NET_LOCAL_LIMIT' : 'NET_LOCAL_IO', {
    message: `${doing} ${path} failed${why}`,
    cause: thrown,
  })
}

const EXHAUSTED: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE', 'ENOMEM'])
