import { expect, test } from 'vitest'

import { timesOf } from '../../src/sftp/path-verbs.ts'
import { codesOf, openedSftp } from './opened.ts'

const files = {
  '/file': 'x',
  '/full/x': 'x',
  '/link': { link: 'file' },
} as const

test('[SSH-66] what servers say in different words is the same', async () => {
  for (const like of ['openssh', 'proftpd', 'asyncssh', 'rclone'] as const) {
    await using opened = await openedSftp({ like, files })
    const { sftp } = opened
    const codes = await codesOf([
      sftp.stat('/none'),
      sftp.stat('/file/x'),
      sftp.stat(`/${'n'.repeat(300)}`),
      sftp.mkdir('/full'),
      sftp.remove('/full'),
      sftp.readLink('/file'),
      sftp.symlink('x', '/file'),
      sftp.open('/full', 'w'),
      sftp.open('/file', 'wx'),
      Array.fromAsync(sftp.list('/file')),
    ])
    const [, , long] = codes
    expect([like, ...codes.toSpliced(2, 1)]).toEqual([
      like,
      'NET_NOT_FOUND',
      'NET_NOT_FOUND',
      'NET_EXISTS',
      'NET_NOT_EMPTY',
      'NET_BAD_NAME',
      'NET_EXISTS',
      'NET_BAD_NAME',
      'NET_EXISTS',
      'NET_BAD_NAME',
    ])
    expect(['NET_BAD_NAME', 'NET_REPLY_PERMANENT']).toContain(long)
  }
})

test('[SSH-61] links are made, read and told apart from what they lead to', async () => {
  await using opened = await openedSftp({ files })
  const { sftp, server } = opened
  await sftp.symlink('../elsewhere', '/made')
  expect(await sftp.readLink('/made')).toBe('../elsewhere')
  await sftp.link('/file', '/second')
  expect(server.files.text('/second')).toBe('x')
  expect(await codesOf([sftp.link('/file', '/full'), sftp.stat('/made')])).toEqual([
    'NET_EXISTS',
    'NET_NOT_FOUND',
  ])
})

test('times are whole seconds, cut off and not rounded', () => {
  expect(timesOf(1999, undefined)).toEqual({ accessed: 1, modified: 1 })
  expect(timesOf(1999, 5000)).toEqual({ accessed: 5, modified: 1 })
  for (const [modified, accessed] of [
    [-1, 0],
    [0, -1],
    [2 ** 32 * 1000, 0],
    [NaN, 0],
  ] as const) {
    expect(() => timesOf(modified, accessed)).toThrow('from 1970 to 2106')
  }
})
