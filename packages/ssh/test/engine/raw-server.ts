/* A server of the engine alone, for what no server of ours would do. */

import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'

import { dangerouslyAcceptAnyHostKey, type SshConnectOptions } from '@net/ssh'
import { createSshKey } from '@net/ssh/testing'

import { loadServerEngine } from '../../src/engine/load-engine.ts'
import type { EngineIncoming, EngineLogin } from '../../src/engine/ssh2-types.ts'

/**
 * Starts one that lets everybody in, and does with a client that is logged in whatever a test says, or with one that has just
 * connected.
 */
export async function rawServer(
  ready: (client: EngineIncoming) => void,
  connected: (client: EngineIncoming) => void = () => {},
): Promise<Disposable & { readonly url: string }> {
  const engine = await loadServerEngine()
  const server = new engine.Server({ hostKeys: [createSshKey().privateKey] })
  server.on('connection', (client: EngineIncoming) => {
    client.on('error', () => {})
    client.on('authentication', (login: EngineLogin) => login.accept())
    client.on('ready', () => ready(client))
    connected(client)
  })
  const listener = createServer({ noDelay: true }, (socket) => server.injectSocket(socket))
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const { port } = listener.address() as AddressInfo
  return { url: `ssh://ada@127.0.0.1:${port}`, [Symbol.dispose]: () => void listener.close() }
}

/** What logs in to it. */
export const anyKey: SshConnectOptions = {
  password: 'lovelace',
  hostKeys: dangerouslyAcceptAnyHostKey(),
}
