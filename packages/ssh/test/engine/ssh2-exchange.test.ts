import { KeyObject } from 'node:crypto'
import { once } from 'node:events'
import { connect as connectTo } from 'node:net'

import { expect, test } from 'vitest'

import { startSshServer } from '@net/ssh/testing'

import { loadEngine } from '../../src/engine/load-engine.ts'
import { keysAsObjects, negotiatedBy, offerAlgorithms } from '../../src/engine/ssh2-exchange.ts'
import { takeGcm } from '../../src/engine/ssh2-data.ts'
import { hearLogin, sendMessage } from '../../src/engine/ssh2-internals.ts'
import type { EngineClient } from '../../src/engine/ssh2-types.ts'
import { batchWrites } from '../../src/engine/write-batch.ts'
import { noneRequest, readAuthReply } from '../../src/login/user-auth.ts'

test('nothing is agreed on before the key exchange', () => {
  expect(negotiatedBy({ _protocol: {} } as unknown as EngineClient)).toBeUndefined()
})

test.for([
  [['aes128-gcm@openssh.com'], ['hmac-sha2-256'], 1],
  [['chacha20-poly1305@openssh.com'], ['hmac-sha2-256'], 2],
  [['aes256-ctr'], ['hmac-sha2-512'], 1],
] as const)(
  'keys that are used for each packet are objects, with %s',
  async ([ciphers, macs, keys]) => {
    await using server = await startSshServer()
    const { Client } = await loadEngine()
    const client = new Client()
    const exchanged = once(client, 'handshake')
    const { hostname, port } = new URL(server.url)
    const logins: unknown[] = []
    const sock = connectTo(Number(port), hostname)
    batchWrites(sock)
    client.connect({
      sock,
      username: 'ada',
      readyTimeout: 0,
      hostVerifier: (_, verify) => verify(true),
    })
    const hostKeys = ['ssh-ed25519']
    offerAlgorithms(client, { kex: ['curve25519-sha256'], hostKeys, ciphers, macs }, ['none'])
    hearLogin(client, {
      ready: () => sendMessage(client, noneRequest('ada')),
      signatures: () => {},
      reply(payload) {
        logins.push(readAuthReply(payload, 'none'))
        client.end()
        return true
      },
      broken: (error) => logins.push(error),
    })
    await exchanged
    keysAsObjects(client)
    for (const side of [client._protocol._cipher, client._protocol._decipher]) {
      const objects = Object.values(side ?? {}).filter((value) => value instanceof KeyObject)
      expect(objects).toHaveLength(keys)
    }
    expect(takeGcm(client)).toBe(ciphers.some((name) => name.includes('gcm')))
    // Both sides still understand each other.
    await once(client, 'close')
    expect(logins).toEqual([{ kind: 'failure', methods: ['password'], partial: false }])
  },
)
