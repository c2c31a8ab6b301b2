import { expect, test } from 'vitest'

import { checkRemoteFiles, useFakeClock } from '@net/core/testing'
import { connect, type FtpConnectOptions } from '@net/ftp'
import { startFtpServer, type FtpServerOptions } from '@net/ftp/testing'

async function check(server: FtpServerOptions, client: FtpConnectOptions = {}): Promise<void> {
  await checkRemoteFiles(async () => {
    const running = await startFtpServer({ files: { '/root/.keep': '' }, ...server })
    running.files.remove('/root/.keep')
    const partner = await connect(running.url, client)
    return {
      files: partner.files('/root'),
      lose: () => void running.close(),
      async [Symbol.asyncDispose]() {
        await partner.close({ grace: 100 })
        await running.close()
      },
    }
  })
}

test.each([
  [{}, {}],
  [{}, { connections: 4 }],
  [{ like: 'pure-ftpd' }, { connections: 2 }],
  [{ like: 'vsftpd' }, {}],
  [{ like: 'proftpd' }, { connections: 2, reconnect: true }],
  [{ like: 'inetutils' }, {}],
] as [FtpServerOptions, FtpConnectOptions][])(
  '[FTP-31] a folder of a server %o is a whole tree for a client %o',
  async (server, client) => {
    await check(server, client)
    expect(true).toBe(true)
  },
  60_000,
)

test('the tree has a name without a password, and no way out of its folder', async () => {
  await using server = await startFtpServer({ users: { joe: 'pw' }, files: { '/in/a': 'x' } })
  await using client = await connect(server.url, { user: 'joe', password: 'pw' })
  const tree = client.files('/in')
  expect(tree.name).toBe(`${server.url.replace('ftp://', 'ftp://joe@')}/in`)
  await expect(tree.stat('../in/a')).rejects.toMatchObject({ code: 'NET_BAD_NAME' })
  await expect(tree.stat('/in/a')).rejects.toMatchObject({ code: 'NET_BAD_NAME' })
  expect(await tree.stat('a')).toMatchObject({ path: 'a', size: 1 })
  await expect(tree.symlink('a', 'b')).rejects.toMatchObject({ code: 'NET_UNSUPPORTED' })
  await expect(tree.write('a', Buffer.from('x'), { start: 5 })).rejects.toMatchObject({
    code: 'NET_SIZE_MISMATCH',
  })
})

test('what a call that was stopped has not learnt of the server, the next one asks again', async () => {
  using clock = useFakeClock()
  await using server = await startFtpServer({ files: { '/a': 'x' } })
  await using client = await connect(server.url)
  const tree = client.files()
  const abort = new AbortController()
  server.fail({ on: 'SITE HELP', do: { delay: 20 } })
  const stopped = tree.capabilities({ signal: abort.signal })
  await clock.until(() => server.received.includes('SITE HELP'))
  abort.abort()
  await expect(stopped).rejects.toMatchObject({ code: 'NET_ABORTED' })
  await clock.advance(20)
  expect(await tree.capabilities()).toMatchObject({ modes: true })
})

test('a data set of z/OS is no tree, because its names are not joined by slashes', async () => {
  await using server = await startFtpServer()
  await using client = await connect(server.url)
  expect(() => client.files("'USER.DATA'")).toThrow(
    expect.objectContaining({ code: 'NET_UNSUPPORTED' }),
  )
})

test('a tree stays where it was made, wherever the client goes', async () => {
  await using server = await startFtpServer({
    files: { '/www/a': 'here', '/other/www/a': 'there', '/other/b': 'there' },
  })
  for (const connections of [1, 2]) {
    await using client = await connect(server.url, { connections })
    const [whole, tree] = [client.files(), client.files('www')]
    await client.cd('other')
    const later = client.files('www')
    expect(await tree.stat('a')).toMatchObject({ size: 4 })
    await tree.write('new', Buffer.from('x'))
    expect((await Array.fromAsync(whole.list(''))).map(({ name }) => name).toSorted()).toEqual([
      'other',
      'www',
    ])
    await client.cd('/')
    expect(await later.stat('a')).toMatchObject({ size: 5 })
    await tree.remove('new')
  }
  expect(server.files.paths()).not.toContain('/other/www/new')
})

test('a call that is stopped while it asks what the server can do stops no other one', async () => {
  await using server = await startFtpServer({ files: { '/a': 'x' } })
  await using client = await connect(server.url)
  const tree = client.files()
  const stop = new AbortController()
  server.fail({ on: 'SITE HELP', do: 'stall' })
  const stopped = tree.capabilities({ signal: stop.signal })
  const other = tree.capabilities()
  const outcomes = Promise.allSettled([stopped, other])
  await expect.poll(() => server.received).toContain('SITE HELP')
  stop.abort()
  const [first, second] = await outcomes
  expect(first).toMatchObject({ reason: { code: 'NET_ABORTED' } })
  expect(second).not.toMatchObject({ reason: { code: 'NET_ABORTED' } })
})
