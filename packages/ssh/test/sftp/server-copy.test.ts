import { expect, test } from 'vitest'

import { codesOf, openedSftp } from './opened.ts'

test('a file is copied on the server, with its mode, and replaces only on request', async () => {
  await using opened = await openedSftp({ files: { '/a': 'x'.repeat(200_000), '/b': 'old' } })
  const { sftp, server } = opened
  await sftp.setMode('/a', 0o600)
  expect(await codesOf([sftp.copy('/a', '/b'), sftp.copy('/none', '/c')])).toEqual([
    'NET_EXISTS',
    'NET_NOT_FOUND',
  ])
  expect(server.files.text('/b')).toBe('old')
  await sftp.copy('/a', '/b', { replace: true })
  expect([server.files.read('/b').length, server.files.mode('/b')]).toEqual([200_000, 0o600])
  await sftp.close()
  expect([server.files.paths(), server.leftOpen]).toEqual([['/a', '/b'], 0])
})

test('fewer bytes than asked for are no copy, whatever the server says', async () => {
  await using opened = await openedSftp({ files: { '/a': 'x'.repeat(1000) } })
  const { sftp, server } = opened
  server.files.lieAbout('/a', 2000)
  expect(await codesOf([sftp.copy('/a', '/b')])).toEqual(['NET_SIZE_MISMATCH'])
  await sftp.exists('/b')
  expect(server.files.paths()).toEqual(['/a'])
})
