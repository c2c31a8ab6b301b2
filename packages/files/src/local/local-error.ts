/* What the errors of the file system are called: the same codes as those of a server. */

import { isNetError, type NetErrorCode } from '@net/core'
import { addContext, isError, netError } from '@net/core/authoring'

/** The error for what a call on that path threw; one of ours passes. */
export function treeError(thrown: unknown, path: string): unknown {
  if (isNetError(thrown) || !isError(thrown)) return thrown
  const errno: unknown = Reflect.get(thrown, 'code')
  if (typeof errno !== 'string' || !/^E[A-Z\d]+$/.test(errno)) return thrown
  const [code, why] = meanings[errno] ?? (['NET_LOCAL_IO', errno] as const)
  const error = netError(code, {
    message: `${path === '' ? 'the folder' : path}: ${why}`,
    cause: thrown,
  })
  return addContext(error, { protocol: 'files' })
}

const meanings: Readonly<Record<string, readonly [NetErrorCode, string]>> = {
  EACCES: ['NET_ACCESS_DENIED', 'access is denied'],
  EDQUOT: ['NET_NO_SPACE', 'the quota is used up'],
  EEXIST: ['NET_EXISTS', 'it exists already'],
  EISDIR: ['NET_BAD_NAME', 'it is a folder'],
  ELOOP: ['NET_BAD_NAME', 'a link is in the way'],
  EMFILE: ['NET_LOCAL_LIMIT', 'this process has too many open files'],
  ENAMETOOLONG: ['NET_BAD_NAME', 'the name is too long'],
  ENFILE: ['NET_LOCAL_LIMIT', 'this system has too many open files'],
  ENOENT: ['NET_NOT_FOUND', 'there is no such file or folder'],
  ENOSPC: ['NET_NO_SPACE', 'the disk is full'],
  ENOTDIR: ['NET_BAD_NAME', 'a part of the path is not a folder'],
  ENOTEMPTY: ['NET_NOT_EMPTY', 'the folder is not empty'],
  EPERM: ['NET_ACCESS_DENIED', 'it is not permitted'],
  EROFS: ['NET_ACCESS_DENIED', 'the file system is read-only'],
}
