// Whole trees on servers that people meet, in both modes of transfer.
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, test, type TestContext } from 'vitest'

import { checkRemoteFiles } from '@net/core/testing'
import * as ftp from '@net/ftp'

import { requireDaemon } from './daemon.ts'
import {
  startInetutils,
  startProftpd,
  startPureFtpd,
  startPyftpdlib,
  type FtpDaemon,
} from './ftp-daemons.ts'
import { startVsftpd } from './vsftpd.ts'

const daemons = {
  vsftpd: (context: TestContext): Promise<FtpDaemon> =>
    startVsftpd(requireDaemon(context, 'vsftpd')),
  ProFTPD: startProftpd,
  'Pure-FTPd': startPureFtpd,
  'inetutils-ftpd': startInetutils,
  pyftpdlib: startPyftpdlib,
} as const

const names = Object.keys(daemons) as (keyof typeof daemons)[]

// A session of inetutils-ftpd takes so long that its whole tree is not for every run.
test.for(names.filter((name) => name !== 'inetutils-ftpd'))(
  '[FTP-31] %s is a whole tree',
  { timeout: 120_000 },
  async (name, context: TestContext) => {
    await using daemon = await daemons[name](context)
    let made = 0
    await checkRemoteFiles(async () => {
      const partner = await logIn(daemon)
      const folder = `tree-${made++}`
      await partner.mkdir(folder)
      return {
        files: partner.files(folder),
        async [Symbol.asyncDispose]() {
          await partner.close()
        },
      }
    })
    expect(made).toBeGreaterThan(20)
  },
)

test.for(names.flatMap((name) => [[name, 'active'] as const, [name, 'passive'] as const]))(
  '[FTP-18] [FTP-43] %s in %s mode, with times, modes and an upload that goes on',
  async ([name, mode], context) => {
    await using daemon = await daemons[name](context)
    await using partner = await logIn(daemon, { data: { mode }, keepAlive: 50 })
    const content = randomBytes(400_000)
    await partner.upload(content.subarray(0, 150_000), 'cut')
    expect(await partner.upload(content, 'cut', { resume: true })).toMatchObject({
      transferred: 250_000,
      size: 400_000,
      verified: true,
    })
    expect(readFileSync(join(daemon.root, 'cut')).equals(content)).toBe(true)
    await partner.writeFile('a b', 'one\n', { temporary: true })
    await partner.writeFile('a b', 'two\n', { temporary: true })
    await partner.appendFile('a b', 'three\n')
    expect(Buffer.from(await partner.readFile('a b')).toString()).toBe('two\nthree\n')
    const time = Date.UTC(2021, 2, 4, 5, 6, 7)
    if (name === 'inetutils-ftpd') {
      // It has no command for that.
      await expect(partner.setModified('a b', time)).rejects.toMatchObject({
        code: 'NET_UNSUPPORTED',
      })
    } else {
      await partner.setModified('a b', time)
      expect(await partner.modified('a b')).toBe(time)
    }
    expect(await partner.nlst()).toEqual(expect.arrayContaining(['a b', 'cut']))
    await partner.mkdir('x/y/z', { recursive: true })
    await partner.writeFile('x/y/.hidden', 'h')
    await partner.remove('x', { recursive: true })
    expect(await partner.exists('x')).toBe(false)
  },
)

function logIn(
  { url, user, password }: FtpDaemon,
  options: ftp.FtpConnectOptions = {},
): Promise<ftp.FtpClient> {
  return ftp.connect(url, { user, password, ...options })
}
