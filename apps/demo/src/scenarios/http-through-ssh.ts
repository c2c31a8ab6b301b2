/* Scenario 8: the GET of scenario 2 once more, through an SSH tunnel, by passing on one value. */

import * as http from '@net/http'
import { startHttpServer } from '@net/http/testing'
import * as ssh from '@net/ssh'
import { startSshServer } from '@net/ssh/testing'

import { expectSame, type Scenario } from '../scenario.ts'

export const httpThroughSsh: Scenario = {
  number: 8,
  title: 'HTTP: the same GET through an SSH tunnel',
  transport: 'tcp, ssh',
  async run(stage) {
    await using server = await startHttpServer()
    await using gateway = await startSshServer()
    await using host = await ssh.connect(gateway.url, {
      user: 'ada',
      password: 'lovelace',
      hostKeys: ssh.pinned(gateway.hostKey.fingerprint),
    })
    await using api = http.createClient({ dialer: host.dialer })
    stage.sent(`GET ${server.url}/json through ${gateway.url}`)
    const post = await api.get(`${server.url}/json`).json<{ readonly title: string }>()
    stage.received(JSON.stringify(post))
    expectSame('the title', post.title, 'Hello')
    return JSON.stringify(post).length
  },
}
