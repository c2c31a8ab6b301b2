/* The time that a copy has of its source. A target that refuses it has all of the file nevertheless. */

import { isNetError, type RemoteFiles } from '@net/core'
import type { Operation } from '@net/core/authoring'

/** Gives the file its time; where the target refuses that, a warning. Resolves to whether it has it. */
export async function keepTime(
  op: Pick<Operation, 'signal' | 'warn'>,
  files: RemoteFiles,
  path: string,
  modified: number,
): Promise<boolean> {
  try {
    await files.setModified(path, modified, { signal: op.signal })
    return true
  } catch (error) {
    if (!isNetError(error) || !REFUSALS.has(error.code)) throw error
    op.warn(timeLost(path, error.message))
    return false
  }
}

/** What is told of a file that has another time than its source. */
export function timeLost(path: string, why: string): string {
  return `${path} is whole and did not keep its time: ${why}`
}

const REFUSALS: ReadonlySet<string> = new Set(['NET_UNSUPPORTED', 'NET_ACCESS_DENIED'])
