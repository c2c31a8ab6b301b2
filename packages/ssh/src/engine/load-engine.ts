/* Loads ssh2, of the one version that the work on its private fields was written for. */

import { netError } from '@net/core/authoring'

import type { Engine } from './ssh2-types.ts'

/**
 * Loads the engine, at the first connection and not before. Rejects with `NET_RUNTIME_UNSUPPORTED` for a version that
 * `ssh2-internals.ts`, `ssh2-exchange.ts` and `ssh2-data.ts` were not written for, because what it leaves out is unknown.
 */
export async function loadEngine(): Promise<Engine> {
  engine ??= await importEngine()
  return engine
}

async function importEngine(): Promise<Engine> {
  const manifest = await import('ssh2/package.json', { with: { type: 'json' } })
  if (manifest.default.version !== VERSION) throw unsupported()
  return (await import('ssh2')).default
}

/** The error for another ssh2 than the one that is known here. */
export function unsupported(): Error {
  return netError('NET_RUNTIME_UNSUPPORTED', {
    message: `this package needs ssh2 ${VERSION}, and another version is installed`,
  })
}

let engine: Engine | undefined
const VERSION = '1.17.0'
