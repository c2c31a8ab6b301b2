import * as ftp from '@net/ftp'
import { startFtpServer } from '@net/ftp/testing'
import { checkProtocol } from '@net/socket/testing'
import { test } from 'vitest'

// Sixteen cases, each over real sockets.
test('FTP does what every protocol does', async () => {
  await checkProtocol({
    serve: ({ user, password }) =>
      startFtpServer({ users: { [user]: password }, files: { 'a.txt': 'a', 'b.txt': 'bb' } }),
    connect: ftp.connect,
    ask: (client, options) => client.size('b.txt', options),
    iterate: (client, options) => client.list('.', options),
  })
})
