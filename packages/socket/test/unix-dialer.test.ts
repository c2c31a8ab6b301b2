import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { connect, listen, unixDialer } from '@net/socket'
import { expect, test } from 'vitest'

import { failure } from './support.ts'

test('[SOCK-06] unix: reaches a socket by its path', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'net-unix-'))
  const path = join(folder.path, 'app.sock')
  await using server = await listen(`unix:${path}`, (connection) => connection.write('hello\n'))
  expect(server.url).toBe(`unix:${path}`)
  await using connection = await connect(server.url)
  expect([await connection.readLine(), connection.info.remote?.path]).toEqual(['hello', path])
})

test.runIf(process.platform === 'linux')(
  '[SOCK-06] unix:@ reaches an abstract name of Linux',
  async () => {
    const name = `net-test-${process.pid}`
    await using server = await listen(`unix:@${name}`, (connection) => connection.write('hello\n'))
    await using connection = await connect(server.url)
    expect(await connection.readLine()).toBe('hello')
  },
)

test('a path without a socket is refused', async () => {
  const error = await failure(connect('unix:/run/there-is-no-such.sock'))
  expect([error.code, error.phase]).toEqual(['NET_CONNECT_REFUSED', 'connect'])
})

test('a host is not an endpoint of Unix sockets', async () => {
  const endpoint = { scheme: 'tcp', host: '127.0.0.1', port: 1 }
  expect((await failure(unixDialer().dial(endpoint))).code).toBe('NET_BAD_URL')
  expect((await failure(unixDialer().listen!(endpoint))).code).toBe('NET_BAD_URL')
})
