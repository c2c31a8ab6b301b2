/* What a failure of the local file system is called: one error that says which file, with errno in its cause. */

import { isError } from '../errors/is-error.ts'
import { isNetError, netError, redactForeign, type NetError } from '../errors/net-error.ts'

/** The error of ours for whatever a call on that file threw; one of ours passes. */
export function localError(thrown: unknown, doing: string, path: string): NetError {
  if (isNetError(thrown)) return thrown
  redactForeign(thrown)
  const code: unknown = isError(thrown) ? Reflect.get(thrown, 'code') : undefined
  const why = typeof code === 'string' ? `${meaningOf(code)} (${code})` : ''
  return netError(EXHAUSTED.has(String(code)) ? 'NET_LOCAL_LIMIT' : 'NET_LOCAL_IO', {
    message: `${doing} ${path} failed${why}`,
    cause: thrown,
  })
}

function meaningOf(code: string): string {
  const meaning = MEANINGS[code]
  return meaning === undefined ? '' : `: ${meaning}`
}

const MEANINGS: Readonly<Record<string, string>> = {
  EACCES: 'access is denied',
  EISDIR: 'it is a folder',
  EMFILE: 'this process has too many open files',
  ERR_FS_EISDIR: 'it is a folder',
  ENOENT: 'there is no such file or folder',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of the path is not a folder',
  EPERM: 'it is not permitted',
  EROFS: 'the file system is read-only',
}
const EXHAUSTED: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE', 'ENOMEM'])
