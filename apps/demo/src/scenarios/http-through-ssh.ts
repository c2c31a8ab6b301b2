/* Scenario 8: the GET of scenario 2 once more, through an SSH tunnel, by passing on one value. */

import * as http from '@net/http'
import { startHttpServer } from '@net/http/testing'
import * as ssh from '@net/ssh'
import { startSshServer } from '@net/ssh/testing'

import { expectSame, type Scenario } from '../scenario.ts'

export const httpThroughSsh: Scenario = {
  number: 8,
  title: 'HTTP: the same GET through SSH',
  transport: 'tcp, ssh',
  about:
    'The document of scenario 2, from a server that only the SSH host reaches. One value makes the difference: the dialer.',
  file: import.meta.url,
  async run(stage) {
    await using server = await startHttpServer()
    await using gateway = await startSshServer()
    const hostKeys = ssh.pinned(gateway.hostKey.fingerprint)
    stage.sent(`GET ${server.url}/json through ${gateway.url}`)
    const post = await example(gateway.url, hostKeys, server.url)
    stage.received(JSON.stringify(post))
    expectSame('the title', post.title, 'Hello')
    return JSON.stringify(post).length
  },
}

async function example(gateway: string, hostKeys: ssh.HostKeyPolicy, url: string): Promise<Post> {
  await using host = await ssh.connect(gateway, { user: 'ada', password: 'lovelace', hostKeys })
  await using api = http.createClient({ dialer: host.dialer })
  return await api.get(`${url}/json`).json<Post>()
}

interface Post {
  readonly title: string
}
