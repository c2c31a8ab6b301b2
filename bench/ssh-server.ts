/* The server of the SSH figures, in a process of its own: tells its URL and fingerprint, then serves until it is ended. */

import { startSshServer } from '@net/ssh/testing'

const server = await startSshServer({ exec: { true: '', ls: 'one\ntwo\nthree\n' } })
console.log(JSON.stringify({ url: server.url, fingerprint: server.hostKey.fingerprint }))
process.on('disconnect', () => process.exit())
process.on('SIGTERM', () => process.exit())
