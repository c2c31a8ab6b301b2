import { expect, test } from 'vitest'

import { connect, fromText } from '@net/ftp'
import { startFtpServer } from '@net/ftp/testing'

test('the temporary name is a path, and an upload goes on under it', async () => {
  await using server = await startFtpServer({ files: { '/.a.part': '01234' } })
  await using client = await connect(server.url)
  const injected = client.upload(fromText('x'), 'a', { temporary: () => 'a\r\nDELE b' })
  await expect(injected).rejects.toMatchObject({ code: 'NET_INJECTION' })
  await client.upload(fromText('0123456789'), 'a', { temporary: true, resume: true })
  expect(server.files.paths()).toEqual(['/a'])
  expect(server.files.text('/a')).toBe('0123456789')
  expect(server.received).toContain('REST 5')
})

test('[FTP-24] APPE adds to a file, STOU lets the server choose a name', async () => {
  await using server = await startFtpServer({ files: { '/log': 'one\n' } })
  await using client = await connect(server.url)
  expect(await client.appendFile('log', 'two\n')).toMatchObject({
    transferred: 4,
    size: 8,
    verified: true,
  })
  await client.append(fromText('new'), 'other')
  expect(server.files.text('/log')).toBe('one\ntwo\n')
  expect(server.files.text('/other')).toBe('new')
  const { path = '' } = await client.uploadUnique(fromText('unique'))
  expect(server.files.text(`/${path}`)).toBe('unique')
  expect(await client.uploadUnique(fromText('second'))).not.toMatchObject({ path })
  server.fail({ on: 'APPE', do: 'drop' })
  await expect(client.appendFile('log', 'three\n')).rejects.toMatchObject({
    name: 'ConnectionLostError',
  })
  expect(server.received.filter((line) => line === 'APPE log')).toHaveLength(2)
})
