import { expect, test } from 'vitest'

import { connect } from '@net/ftp'
import { startFtpServer, type FtpServerKind } from '@net/ftp/testing'

const files = { '/.hidden': 'h', '/a': '0123456789' }

test.each([
  ['vsftpd', { facts: false, hidden: false }],
  ['proftpd', { facts: true, hidden: true }],
  ['pure-ftpd', { facts: true, hidden: true }],
  ['inetutils', { facts: false, hidden: false }],
  ['iis', { facts: false, hidden: true }],
] as [FtpServerKind, { facts: boolean; hidden: boolean }][])(
  '[FTP-51] a server like %s lists, lacks and refuses what that one does',
  async (like, { facts, hidden }) => {
    await using server = await startFtpServer({ files, like })
    await using client = await connect(server.url)
    expect(client.capabilities.has('MLST')).toBe(facts)
    const listed = await Array.fromAsync(client.list('.'))
    expect(listed.map(({ name }) => name)).toEqual(hidden ? ['.hidden', 'a'] : ['a'])
    expect(listed.at(-1)).toMatchObject({ type: 'file', size: 10 })
    await client.files().write('a', Buffer.from('xyz'), { start: 10 })
    expect(server.files.text('/a')).toBe('0123456789xyz')
    const raw = await client
      .rename('a', '.hidden', { replace: true })
      .catch((error: { code: string }) => error.code)
    expect(raw).toBe(like === 'iis' ? 'NET_EXISTS' : undefined)
  },
)

test('[FTP-51] users, homes, permissions, a quota, a rate and a number of connections', async () => {
  await using server = await startFtpServer({
    users: { joe: 'pw', ann: 'pw' },
    homes: { joe: '/joe' },
    permissions: { '/': 'read', '/joe': 'all', '/joe/drop': 'add' },
    files: { '/joe/drop/kept': '', '/shared': 'x' },
    quota: 100,
    rate: 1_000_000,
    maxConnections: 2,
  })
  await using joe = await connect(server.url, { user: 'joe', password: 'pw' })
  await using ann = await connect(server.url, { user: 'ann', password: 'pw' })
  await joe.writeFile('/mine', 'hello')
  expect(server.files.text('/joe/mine')).toBe('hello')
  await joe.writeFile('drop/new', 'x')
  await expect(joe.writeFile('drop/new', 'y')).rejects.toMatchObject({ code: 'NET_ACCESS_DENIED' })
  await expect(joe.readFile('drop/new')).rejects.toMatchObject({ code: 'NET_ACCESS_DENIED' })
  expect(Buffer.from(await ann.readFile('/joe/mine')).toString()).toBe('hello')
  await expect(ann.remove('/shared')).rejects.toMatchObject({ code: 'NET_ACCESS_DENIED' })
  await expect(joe.writeFile('much', Buffer.alloc(200))).rejects.toMatchObject({
    code: 'NET_NO_SPACE',
  })
  const third = connect(server.url, { user: 'joe', password: 'pw', retry: false })
  await expect(third).rejects.toMatchObject({ code: 'NET_CONN_SHUTDOWN' })
})
