import { expect, test } from 'vitest'

import { connect } from '@net/ftp'
import { startFtpServer } from '@net/ftp/testing'

import type { FtpEntry } from '../src/entry.ts'
import { walkFolders } from '../src/walk.ts'

const files = { '/in/a': '1', '/in/deep/.hidden': '2', '/in/deep/er/b': '3', '/z': '4' }

test.each([[[]], [['MLST', 'MLSD']]])(
  '[FTP-44] everything below a folder, without %o',
  async (without) => {
    await using server = await startFtpServer({ files, without, like: 'proftpd' })
    await using client = await connect(server.url)
    const paths: string[] = []
    for await (const { path } of client.walk()) {
      paths.push(path)
      await client.exists(path)
    }
    expect(paths).toEqual([
      'in',
      'z',
      'in/a',
      'in/deep',
      'in/deep/.hidden',
      'in/deep/er',
      'in/deep/er/b',
    ])
  },
)

test('a walk that is left asks for no further folder', async () => {
  await using server = await startFtpServer({ files })
  await using client = await connect(server.url)
  for await (const { path } of client.walk('in')) if (path === 'in/a') break
  expect(server.received.filter((line) => line.startsWith('MLSD'))).toEqual(['MLSD in'])
})

test('a listing that was cut short throws behind what came', async () => {
  await using server = await startFtpServer({ files })
  await using client = await connect(server.url)
  server.fail({ on: 'MLSD', do: { send: 'type=file; a\r\n', reply: '226 Output truncated' } })
  const seen: string[] = []
  const walking = (async () => {
    for await (const { path } of client.walk('in')) seen.push(path)
  })()
  await expect(walking).rejects.toMatchObject({ code: 'NET_PROTO_INCOMPLETE', operation: 'walk' })
  expect(seen).toEqual(['in/a'])
})

test('a folder may hold any number of folders', async () => {
  const entries = Array.from({ length: 200_000 }, (_, index): FtpEntry => {
    return { name: `${index}`, path: `${index}`, type: 'folder', raw: '' }
  })
  const asked: string[] = []
  const walk = walkFolders('', async (folder) => {
    asked.push(folder)
    return { entries: folder === '' ? entries : [], isWhole: true }
  })
  await walk.next()
  await walk.next()
  expect(asked).toEqual(['', '0'])
})
