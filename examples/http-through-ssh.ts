// HTTP through an SSH tunnel: the HTTP client uses the dialer of the SSH client.
import * as http from '@net/http'
import { startHttpServer } from '@net/http/testing'
import * as ssh from '@net/ssh'
import { startSshServer } from '@net/ssh/testing'

await using server = await startHttpServer()
await using gateway = await startSshServer()

await using host = await ssh.connect(gateway.url, {
  user: 'ada',
  password: 'lovelace',
  hostKeys: ssh.pinned(gateway.hostKey.fingerprint),
})
await using api = http.createClient({ dialer: host.dialer })
const post = await api.get(`${server.url}/json`).json<{ title: string }>()
console.log(post.title)
