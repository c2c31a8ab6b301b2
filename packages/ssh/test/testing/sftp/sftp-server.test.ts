import { mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'

import { startSftpServer } from '@net/ssh/testing'

import { codesOf, openedSftp } from '../../sftp/opened.ts'

test('[SSH-71] a folder is served, and nothing outside of it', async () => {
  const above = mkdtempSync(join(tmpdir(), 'net-'))
  const folder = join(above, 'served')
  mkdirSync(folder)
  writeFileSync(join(above, 'secret'), 'secret')
  symlinkSync(above, join(folder, 'out'))
  symlinkSync('../secret', join(folder, 'file'))
  await using opened = await openedSftp({ folder })
  const { sftp } = opened
  await sftp.writeFile('/a', 'hello')
  expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('hello')
  const attempts = [
    sftp.readFile('/out/secret'),
    sftp.readFile('/file'),
    sftp.readFile('/../secret'),
    sftp.writeFile('/out/new', 'x', { inPlace: true }),
    sftp.writeFile('/file', 'x', { inPlace: true }),
    sftp.remove('/out/secret'),
    Array.fromAsync(sftp.list('/out')),
  ]
  expect(await codesOf(attempts)).toEqual(attempts.map(() => 'NET_NOT_FOUND'))
  expect(readFileSync(join(above, 'secret'), 'utf8')).toBe('secret')
})

test('[SSH-71] its extensions, its version and its manners are of choice', async () => {
  await using few = await openedSftp({ extensions: ['posix-rename@openssh.com'] })
  expect([...few.sftp.extensions]).toEqual([['posix-rename@openssh.com', '1']])
  await using other = await openedSftp({ like: 'asyncssh' })
  expect(other.sftp.extensions.has('copy-data')).toBe(false)
  await expect(startSftpServer({ like: 'vsftpd' as never })).rejects.toMatchObject({
    code: 'NET_BAD_OPTION',
  })
})
