/* Loads ssh2, of the one version that the work on its private fields was written for. */

import { netError } from '@net/core/authoring'

import type { ClientEngine, ServerEngine } from './ssh2-types.ts'

/**
 * Loads the client half of the engine, at the first connection and not before; the engine's own index would load its server,
 * its agents for HTTP and with them Node's HTTP as well. Rejects with `NET_RUNTIME_UNSUPPORTED` for a version that
 * `ssh2-internals.ts`, `ssh2-exchange.ts` and `ssh2-data.ts` were not written for, because what it leaves out is unknown.
 */
export async function loadEngine(): Promise<ClientEngine> {
  client ??= await importClient()
  return client
}

/** Loads the server half, as `loadEngine` loads the client's. */
export async function loadServerEngine(): Promise<ServerEngine> {
  await checkVersion()
  return { Server: (await import('ssh2/lib/server.js')).default }
}

async function importClient(): Promise<ClientEngine> {
  await checkVersion()
  return { Client: (await import('ssh2/lib/client.js')).default }
}

async function checkVersion(): Promise<void> {
  const manifest = await import('ssh2/package.json', { with: { type: 'json' } })
  if (manifest.default.version !== VERSION) throw unsupported()
}

/** The error for another ssh2 than the one that is known here. */
export function unsupported(): Error {
  return netError('NET_RUNTIME_UNSUPPORTED', {
    message: `this package needs ssh2 ${VERSION}, and another version is installed`,
  })
}

let client: ClientEngine | undefined
const VERSION = '1.17.0'
