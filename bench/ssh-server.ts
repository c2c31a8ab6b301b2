/* The server of the SSH figures, in a process of its own: tells how to log in, then serves until it is ended. */

import { mkdtempDisposableSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { createSshKey, startSshServer } from '@net/ssh/testing'

const key = createSshKey()
const server = await startSshServer({
  users: { ada: { password: 'lovelace', keys: [key.publicKey] } },
  exec: { 'echo one': 'one\n' },
  maxSessions: 20,
})
const folder = mkdtempDisposableSync(join(tmpdir(), 'bench-'))
const identity = join(folder.path, 'identity')
writeFileSync(identity, key.privateKey, { mode: 0o600 })
const { url, hostKey } = server
console.log(JSON.stringify({ url, fingerprint: hostKey.fingerprint, identity }))
process.on('SIGTERM', () => {
  folder[Symbol.dispose]()
  process.exit()
})
