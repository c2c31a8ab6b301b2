/*
 * Keys that are ready to sign. Decrypting one may take seconds, so that it is done once for each `key()` and its content,
 * however many connections log in with it. Knows nothing of logins.
 */

import { createHash } from 'node:crypto'

import { readKeyText } from './key-format.ts'
import type { PrivateKey } from './key-material.ts'
import type { KeyAuth } from './keys.ts'
import { openKeyText, openPrivateKey } from './private-key.ts'

/** The key of this content if it was read before. */
export function readyBefore(auth: KeyAuth, content: string): PrivateKey | undefined {
  const known = ready.get(auth)
  return known !== undefined && known.content === digest(content) ? known.key : undefined
}

/** The key of this content if it was read before, or needs no passphrase. Rejects with `NET_CREDENTIAL_INVALID`. */
export async function readyAtOnce(auth: KeyAuth, content: string): Promise<PrivateKey | undefined> {
  const known = readyBefore(auth, content)
  if (known !== undefined) return known
  const text = readKeyText(content)
  if (text.encrypted) return undefined
  const key = await openKeyText(text)
  ready.set(auth, { content: digest(content), key })
  return key
}

/** Reads and decrypts the key; calls for the same key share one decryption. */
export async function makeReady(
  auth: KeyAuth,
  content: string,
  passphrase: string,
  signal: AbortSignal,
): Promise<PrivateKey> {
  const name = digest(content, passphrase)
  const running = runs.get(name) ?? begin(name, content, passphrase)
  running.waiting += 1
  try {
    const key = await unlessAborted(running.key, signal)
    ready.set(auth, { content: digest(content), key })
    return key
  } finally {
    running.waiting -= 1
    if (running.waiting === 0) running.stop.abort(new Error('the key is not needed any more'))
  }
}

interface Run {
  readonly key: Promise<PrivateKey>
  readonly stop: AbortController
  waiting: number
}

function begin(name: string, content: string, passphrase: string): Run {
  const stop = new AbortController()
  const key = openPrivateKey(content, passphrase, stop.signal)
  const run: Run = { key, stop, waiting: 0 }
  const over = (): void => {
    if (runs.get(name) === run) runs.delete(name)
  }
  runs.set(name, run)
  key.then(over, over)
  // A call that comes now must not wait for work that is being ended.
  stop.signal.addEventListener('abort', over)
  return run
}

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const aborted = (): void => reject(signal.reason as Error)
    signal.addEventListener('abort', aborted, { once: true })
    if (signal.aborted) aborted()
    promise.finally(() => signal.removeEventListener('abort', aborted)).then(resolve, reject)
  })
}

function digest(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64')
}

const ready = new WeakMap<KeyAuth, { readonly content: string; readonly key: PrivateKey }>()
const runs = new Map<string, Run>()
