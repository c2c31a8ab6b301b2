import { expect, test } from 'vitest'

import { connect } from '@net/ftp'
import { startFtpServer } from '@net/ftp/testing'

const files = { '/in/a': '1', '/in/deep/.hidden': '2', '/in/deep/er/b': '3', '/kept': '4' }

test.each([[[]], [['MLST', 'MLSD']]])(
  '[FTP-36] a folder goes with everything in it, without %o',
  async (without) => {
    await using server = await startFtpServer({ files, without, like: 'proftpd' })
    await using client = await connect(server.url)
    await client.remove('in', { recursive: true })
    expect(server.files.paths()).toEqual(['/kept'])
    expect(server.files.exists('/in')).toBe(false)
    await expect(client.remove('in', { recursive: true })).rejects.toMatchObject({
      code: 'NET_NOT_FOUND',
    })
    await client.remove('kept', { recursive: true })
    expect(server.files.paths()).toEqual([])
  },
)

test('[H-FTP-19] names that lead elsewhere are never sent', async () => {
  await using server = await startFtpServer({ files })
  await using client = await connect(server.url)
  const send =
    'type=file; ../kept\r\ntype=file; /kept\r\ntype=dir; ..\r\ntype=file; a/../../kept\r\n'
  server.fail({ on: 'MLSD', do: { send } })
  const before = server.received.length
  await expect(client.remove('in', { recursive: true })).rejects.toMatchObject({
    code: 'NET_NOT_EMPTY',
  })
  const sent = server.received.slice(before).filter((line) => /^(DELE|RMD)/.test(line))
  expect(sent).toEqual(['DELE in', 'RMD in', 'DELE in', 'RMD in'])
  expect(server.files.exists('/kept')).toBe(true)
})

test('a listing that is cut short is asked for again', async () => {
  await using server = await startFtpServer({ files })
  await using client = await connect(server.url)
  const send = 'type=file; a\r\n'
  server.fail({ on: 'MLSD', do: { send, reply: '226 Output truncated to 1 matches' } })
  await client.remove('in', { recursive: true })
  expect(server.files.paths()).toEqual(['/kept'])
})

test('a link is removed, and what it leads to stays', async () => {
  await using server = await startFtpServer({ files, without: ['MLST', 'MLSD'] })
  await using client = await connect(server.url)
  const send = 'lrwxrwxrwx 1 a b 4 Jan 01 2020 in -> kept\r\n'
  server.fail({ on: 'CWD in', do: { reply: '550 Not a directory.' } })
  server.fail({ on: 'LIST', do: { send } })
  server.fail({ on: 'DELE in', do: { reply: '250 Removed.' } })
  await client.remove('in', { recursive: true })
  expect(server.received.at(-1)).toBe('DELE in')
})

test.each([
  [
    'says that it could not read the folder',
    { send: '', reply: '226 Transfer done (but failed to open directory).' },
  ],
  [
    'never ends its last line',
    { send: '-rw-r--r-- 1 a b 1 Jan 01 2020 a\r\n-rw-r--r-- 1 a b 1 Jan 01 2020 las' },
  ],
])('a listing that %s is not asked for again for ever', async (_, action) => {
  await using server = await startFtpServer({ files, without: ['MLST', 'MLSD'] })
  await using client = await connect(server.url)
  server.fail({ on: 'LIST', times: 8, do: action })
  const removing = client.remove('in', { recursive: true })
  await expect(removing).rejects.toMatchObject({ code: 'NET_PROTO_INCOMPLETE' })
  expect(server.files.exists('/in/deep/.hidden')).toBe(true)
})

test('a link that the server shows as the folder it leads to goes, and that folder stays', async () => {
  await using server = await startFtpServer({ files: { '/in/link/a': '1', '/in/b': '2' } })
  await using client = await connect(server.url)
  server.fail({ on: 'DELE in/link', do: { reply: '250 The link is removed.' } })
  await expect(client.remove('in', { recursive: true })).rejects.toMatchObject({
    code: 'NET_NOT_EMPTY',
  })
  expect(server.files.paths()).toEqual(['/in/link/a'])
})
