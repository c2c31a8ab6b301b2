import * as http from '@net/http'
import { startHttpServer } from '@net/http/testing'
import { expect, test } from 'vitest'

import { startRawServer } from './raw-server.ts'

test('[HTTP-53] what comes together with the response is the first of the protocol', async () => {
  await using server = await startRawServer((socket) =>
    socket.write(
      'HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: Echo\r\n\r\nfirst words',
    ),
  )
  await using client = http.createClient()
  await using switched = await client.upgrade(server.url, 'echo')
  expect(Buffer.from(await switched.connection.readExactly(11)).toString()).toBe('first words')
})

test('a server that refuses says why; one that does neither breaks the rules', async () => {
  await using server = await startHttpServer()
  await using client = http.createClient({ baseUrl: server.url })
  await expect(client.upgrade('/upgrade', 'other')).rejects.toMatchObject({ status: 426 })
  await expect(client.upgrade('/nothing', 'echo')).rejects.toMatchObject({
    code: 'NET_NOT_FOUND',
    reply: { text: 'there is no /nothing\n' },
  })
  await expect(client.upgrade('/json', 'echo')).rejects.toMatchObject({
    code: 'NET_PROTO_UNEXPECTED',
  })
  await expect.poll(() => server.connections).toBe(0)
})

test('a server may not choose another protocol', async () => {
  await using server = await startRawServer((socket) =>
    socket.write('HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: other\r\n\r\n'),
  )
  await using client = http.createClient()
  await expect(client.upgrade(server.url, 'echo')).rejects.toMatchObject({
    code: 'NET_PROTO_UNEXPECTED',
  })
  await expect.poll(() => server.open).toBe(0)
})

test('a server may not switch the protocol where a tunnel was asked for', async () => {
  await using server = await startRawServer((socket) =>
    socket.write('HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: other\r\n\r\n'),
  )
  await using client = http.createClient()
  await expect(client.tunnel(server.url, 'example.com:443')).rejects.toMatchObject({
    code: 'NET_PROTO_UNEXPECTED',
  })
  await expect.poll(() => server.open).toBe(0)
})

test('who asks is said, and asked again after a refusal', async () => {
  const answers = ['bad-token', 'good-token']
  const connection = async (): Promise<void> => {}
  await using server = await startHttpServer({
    routes: {
      '/guarded': ({ headers }) =>
        headers.authorization === 'Bearer good-token'
          ? { status: 101, headers: { connection: 'upgrade', upgrade: 'echo' }, connection }
          : { status: 401 },
    },
  })
  await using client = http.createClient({ auth: http.bearer(() => answers.shift() ?? '') })
  await using switched = await client.upgrade(`${server.url}/guarded`, 'echo')
  expect(switched.status).toBe(101)
})

test('an upgrade carries the cookies of the jar, and a refusal sets some', async () => {
  await using server = await startHttpServer({
    routes: { '/refused': { status: 403, headers: { 'set-cookie': 'b=2; Path=/' } } },
  })
  await using client = http.createClient({ baseUrl: server.url, cookies: true })
  client.cookies?.set({ name: 'a', value: '1', domain: '127.0.0.1' })
  await expect(client.upgrade('/refused', 'echo')).rejects.toMatchObject({ status: 403 })
  await using switched = await client.upgrade('/upgrade', 'echo')
  expect(switched.status).toBe(101)
  expect(server.received.map(({ headers }) => headers.cookie)).toEqual(['a=1', 'a=1; b=2'])
})
