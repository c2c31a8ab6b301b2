import { expect, test } from 'vitest'

import { failureOf } from '../embedded.ts'
import { codesOf, openedSftp } from './opened.ts'

test('why a file cannot be opened is told, where the server does not say it', async () => {
  await using opened = await openedSftp({ files: { '/a': 'x', '/in/b': 'x' } })
  const { sftp, server } = opened
  expect(
    await codesOf([sftp.open('/a', 'wx'), sftp.open('/in', 'w'), sftp.open('/none/a', 'w')]),
  ).toEqual(['NET_EXISTS', 'NET_BAD_NAME', 'NET_NOT_FOUND'])
  server.fail({ on: 'OPEN', do: { status: 3, text: 'used by another process' } })
  expect(await failureOf(sftp.open('/a'))).toMatchObject({
    code: 'NET_ACCESS_DENIED',
  })
  server.fail({ on: 'OPEN', do: { status: 3, text: 'the file is being used by another process' } })
  expect(await failureOf(sftp.open('/a', 'r', { retry: false }))).toMatchObject({
    code: 'NET_REPLY_TEMPORARY',
    retry: 'safe',
  })
})

test('the mode is that of a file that is made', async () => {
  await using opened = await openedSftp()
  await using file = await opened.sftp.open('/a', 'w', { mode: 0o600 })
  await file.write('x')
  expect(opened.server.files.mode('/a')).toBe(0o600)
})
