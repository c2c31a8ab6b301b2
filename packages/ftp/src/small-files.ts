/*
 * Small files of a tree, each written in one call with its time: what the transfer itself has shown is not asked again.
 */

import { isNetError, type CallOptions, type RemoteEntry } from '@net/core'

import { setModified } from './attributes.ts'
import { transferOf } from './call-plans.ts'
import type { Dialog } from './dialog.ts'
import type { TreeClient } from './tree-client.ts'
import { splitPath } from './remote-path.ts'
import type { Session } from './session.ts'
import { upload } from './upload.ts'

/** How a small file is written. */
export interface SmallWrite extends CallOptions {
  readonly mode: number | undefined
  readonly modified: number | undefined
}

/** The small files of one tree. */
export class SmallFiles {
  /** In bytes. */
  readonly most = 262_144
  readonly #client: TreeClient
  readonly #at: (path: string) => string

  /** `at` gives the path on the server of a path in the tree. */
  constructor(client: TreeClient, at: (path: string) => string) {
    this.#client = client
    this.#at = at
  }

  /** Undefined where the server does not tell the size, or a mode is wanted. Without a time where the server refused that one. */
  async write(
    path: string,
    bytes: Uint8Array,
    { mode, modified, ...options }: SmallWrite,
  ): Promise<RemoteEntry | undefined> {
    if (mode !== undefined) return undefined
    const at = this.#at(path)
    const verb = transferOf('upload', at, true)
    return this.#client.within(verb, options, async (dialog, session) => {
      const { verified } = await upload(session, dialog, {
        source: bytes,
        path: at,
        isLast: modified === undefined,
      })
      if (!verified) return undefined
      const hasTime = modified !== undefined && (await keepsTime(session, dialog, at, modified))
      const { name } = splitPath(path)
      const time = hasTime ? { modified: Math.floor(modified / 1000) * 1000 } : {}
      return { name, path, type: 'file', size: bytes.length, ...time }
    })
  }
}

/** Whether the file has its time; one that is refused is no failure of the file, which is whole. */
async function keepsTime(
  session: Session,
  dialog: Dialog,
  path: string,
  modified: number,
): Promise<boolean> {
  try {
    await setModified(session, dialog, path, modified)
    return true
  } catch (error) {
    if (!isNetError(error) || !REFUSALS.has(error.code)) throw error
    return false
  }
}

const REFUSALS: ReadonlySet<string> = new Set(['NET_UNSUPPORTED', 'NET_ACCESS_DENIED'])
