import { expect, test } from 'vitest'

import { failureOf } from '../embedded.ts'
import { codesOf, openedSftp } from './opened.ts'

test('[SSH-60] a name that is taken is kept, or replaced at once', async () => {
  for (const like of ['openssh', 'proftpd', 'asyncssh', 'rclone'] as const) {
    await using opened = await openedSftp({ like, files: { '/a': 'new', '/b': 'old' } })
    const { sftp, server } = opened
    expect(await codesOf([sftp.rename('/a', '/b'), sftp.rename('/none', '/c')])).toEqual([
      'NET_EXISTS',
      'NET_NOT_FOUND',
    ])
    expect(server.files.text('/b')).toBe('old')
    await sftp.rename('/a', '/b', { replace: true })
    expect([server.files.text('/b'), server.files.exists('/a')]).toEqual(['new', false])
  }
})

test('where nothing replaces, the old file goes when the new one is whole', async () => {
  await using opened = await openedSftp({ extensions: false, files: { '/a': 'old' } })
  const { sftp, server } = opened
  await sftp.writeFile('/a', 'new')
  expect(server.files.text('/a')).toBe('new')
  expect(opened.requests().slice(-3)).toEqual(['LSTAT /a', 'REMOVE /a', 'RENAME /a.part /a'])
})

test('an extension that is named and fails is not the last way', async () => {
  await using opened = await openedSftp({ files: { '/a': 'old' } })
  const { sftp, server } = opened
  server.fail({ on: 'posix-rename', do: { status: 4 } })
  await sftp.writeFile('/a', 'new')
  server.fail({ on: 'posix-rename', do: { status: 8 } })
  await sftp.writeFile('/a', 'newer')
  opened.requests()
  await sftp.writeFile('/a', 'newest')
  expect(opened.requests().filter((line) => line.startsWith('posix'))).toEqual([])
  expect(server.files.text('/a')).toBe('newest')
})

test('a rename that is forbidden leaves the old file, and says what to do', async () => {
  await using opened = await openedSftp({ extensions: false, files: { '/a': 'old' } })
  const { sftp, server } = opened
  server.fail({ on: 'RENAME', do: { status: 3 } })
  const error = await failureOf(sftp.writeFile('/a', 'new'))
  expect(error).toMatchObject({ code: 'NET_ACCESS_DENIED', operation: 'rename', retry: 'never' })
  expect(error.message).toContain('/a.part')
  expect(error.message).toContain('inPlace')
  expect([server.files.text('/a'), server.files.text('/a.part')]).toEqual(['old', 'new'])
})

test('one of the two is whole, also where the last step fails', async () => {
  await using opened = await openedSftp({ extensions: false, files: { '/a': 'old' } })
  const { sftp, server } = opened
  server.fail({ on: 'RENAME', after: 1, times: 2, do: { status: 4 } })
  const error = await failureOf(sftp.writeFile('/a', 'new'))
  expect(error.message).toContain('/a.part')
  expect([server.files.exists('/a'), server.files.text('/a.part')]).toEqual([false, 'new'])
})

test('a rename whose answer was lost has happened', async () => {
  await using opened = await openedSftp({ files: { '/a': 'old' } }, { reconnect: true })
  const { sftp, server } = opened
  server.fail({ on: 'posix-rename', do: 'loses' })
  server.fail({ on: 'LSTAT /a', after: 1, do: 'drop' })
  const writing = sftp.writeFile('/a', 'new')
  await expect.poll(() => server.files.text('/a')).toBe('new')
  // The session goes before the answer.
  await failureOf(sftp.lstat('/a', { retry: false }))
  await writing
  expect([server.files.text('/a'), server.files.paths()]).toEqual(['new', ['/a']])
})
