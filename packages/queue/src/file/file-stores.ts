/* The files that this process has open: one thread for each, however many queues are in it. */

import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

import { netError } from '@net/core/authoring'

import type { JobStore, RetentionRules } from '../store.ts'
import { FileStore } from './file-store.ts'
import { FileThread } from './file-thread-host.ts'

/** How a queue in a file is opened. */
export interface FileStorePlan {
  /** `file:queue.db`, or a whole file URL. */
  readonly url: string
  readonly durability: 'process' | 'power'
  readonly keep: RetentionRules
}

/** The store of the queue in that file. Throws `NET_BAD_URL`. */
export function fileStore(name: string, { url, durability, keep }: FileStorePlan): JobStore {
  const path = pathOf(url)
  const key = `${durability} ${path}`
  const shared = threads.get(key) ?? { thread: new FileThread({ path, durability }), users: 0 }
  shared.users++
  threads.set(key, shared)
  return new FileStore(name, shared.thread, keep, async () => {
    shared.users--
    if (shared.users > 0) return
    threads.delete(key)
    await shared.thread.close()
  })
}

function pathOf(url: string): string {
  try {
    const path = url.startsWith('file://') ? fileURLToPath(url) : url.slice('file:'.length)
    if (path !== '') return resolve(path)
  } catch {
    // Said below, with what it should be.
  }
  throw netError('NET_BAD_URL', {
    message: "the URL of a queue in a file must be like 'file:queue.db' or 'file:///srv/queue.db'",
  })
}

interface Shared {
  readonly thread: FileThread
  users: number
}

const threads = new Map<string, Shared>()
