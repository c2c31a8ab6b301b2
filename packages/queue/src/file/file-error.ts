/* What SQLite says of a file, as an error of ours. */

import type { NetError } from '@net/core'
import { netError } from '@net/core/authoring'

import type { FileFault } from './file-service.ts'

/** The error of a request to the file at that path. */
export function fileError(path: string, { message, code }: FileFault): NetError {
  const cause = new Error(message)
  const about = { protocol: 'queue', endpoint: path, cause }
  if (message.startsWith('NEWER: ')) {
    const what = `the file was made by a newer version: ${message.slice(7)}`
    return netError('NET_UNSUPPORTED', { ...about, message: what })
  }
  // The extended codes have the kind in their lowest byte.
  const kind = code === undefined ? undefined : code & 0xff
  const told = kind === undefined ? undefined : kinds.get(kind)
  if (kind === BUSY) {
    const what = 'another process kept the file locked'
    return netError('NET_LOCAL_IO', { ...about, message: what, retry: 'safe' })
  }
  return netError('NET_LOCAL_IO', {
    ...about,
    message: `the jobs were not kept: ${told ?? message}`,
  })
}

const BUSY = 5
const kinds: ReadonlyMap<number, string> = new Map([
  [8, 'the file cannot be written'],
  [10, 'the disk failed'],
  [11, 'the file is damaged'],
  [13, 'the disk is full'],
  [14, 'the file cannot be opened'],
  [26, 'the file is no database'],
])
