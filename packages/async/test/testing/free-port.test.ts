import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'

import { checkNoLeaks, freePort } from '@net/async/testing'
import { expect, test } from 'vitest'

test('[ASYNC-55] a free port can be listened on, and is not in use', async () => {
  const port = await checkNoLeaks(async () => freePort())
  await using server = createServer()
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  expect(server.address()).toMatchObject({ port })
})

test('[ASYNC-55] a free port for datagrams, too', async () => {
  const port = await checkNoLeaks(async () => freePort('udp'))
  await using socket = createSocket('udp4')
  socket.bind(port, '127.0.0.1')
  await once(socket, 'listening')
  expect(socket.address()).toMatchObject({ port })
})
