/* What the server says to a command that its files refuse. */

import { isNetError } from '@net/core'

import { NotAllowed } from './user-tree.ts'

/** It is a folder. */
export class NotAFile extends Error {}

/** The reply for an error of the files. Throws what is none. */
export function refusal(error: unknown): string {
  if (error instanceof NotAllowed) return '550 Permission denied.'
  if (error instanceof NotAFile) return '550 Not a regular file.'
  if (!isNetError(error)) throw error
  return REFUSALS[error.code] ?? `550 ${error.message}`
}

const REFUSALS: Readonly<Record<string, string>> = {
  NET_NOT_FOUND: '550 No such file or directory.',
  NET_EXISTS: '550 File exists.',
  NET_NOT_EMPTY: '550 Directory not empty.',
}
