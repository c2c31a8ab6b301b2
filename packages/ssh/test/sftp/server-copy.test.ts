import { expect, test } from 'vitest'

import { useFakeClock } from '@net/core/testing'

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

test('a copy that is stopped while it takes the name of a file keeps the old one, also where that cannot have its name again', async () => {
  const files = { '/a': 'new', '/b': 'old' }
  await using opened = await openedSftp({ extensions: ['copy-data'], files, shuffles: true })
  const { sftp, server } = opened
  using clock = useFakeClock()
  const stop = new AbortController()
  const taking = /^RENAME \/b\.part \/b$/
  server.fail({ on: taking, times: 2, do: { status: 4 } })
  server.fail({ on: taking, do: { delay: 20 } })
  server.fail({ on: /^RENAME \S+\.old \/b$/, do: { status: 4 } })
  const copying = codesOf([sftp.copy('/a', '/b', { replace: true, signal: stop.signal })])
  await expect.poll(() => server.requests.filter((line) => taking.test(line))).toHaveLength(3)
  stop.abort()
  expect(await copying).toEqual(['NET_ABORTED'])
  await expect.poll(() => server.files.exists('/b.part')).toBe(false)
  await clock.advance(20)
  await sftp.close()
  const [aside = ''] = server.files.paths().filter((path) => path.endsWith('.old'))
  expect(server.files.text(aside)).toBe('old')
})
