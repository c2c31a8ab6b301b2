import { checkProtocol } from '@net/socket/testing'
import * as ssh from '@net/ssh'
import { startSshServer } from '@net/ssh/testing'
import { test } from 'vitest'

// Sixteen cases, each over real sockets.
test('SSH does what every protocol does', async () => {
  await checkProtocol({
    serve: ({ user, password }) =>
      startSshServer({ users: { [user]: { password } }, exec: { uptime: 'up 42 days\n' } }),
    connect: (url, options) =>
      ssh.connect(url, { ...options, hostKeys: ssh.dangerouslyAcceptAnyHostKey() }),
    ask: async (client, options) => (await client.exec('uptime', options)).stdout,
  })
})
