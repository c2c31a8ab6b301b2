// Whole trees on servers that people meet, in both modes of transfer.
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, test, type TestContext } from 'vitest'

import { checkRemoteFiles } from '@net/core/testing'
import { memoryFiles, mirror } from '@net/files'
import * as ftp from '@net/ftp'
import { tcpDialer, type Dialer } from '@net/socket'

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
  ProFTPD: (context: TestContext): Promise<FtpDaemon> => startProftpd(context),
  'Pure-FTPd': startPureFtpd,
  'inetutils-ftpd': startInetutils,
  pyftpdlib: startPyftpdlib,
} as const

const names = Object.keys(daemons) as (keyof typeof daemons)[]

// A session of inetutils-ftpd takes so long that its whole tree is not for every run.
test.for(names.filter((name) => name !== 'inetutils-ftpd'))(
  '[FTP-31] %s is a whole tree',
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

test.for(names.flatMap((name) => [[name, 1] as const, [name, 3] as const]))(
  '%s takes small files that wait for each other over %i sessions',
  async ([name, connections], context) => {
    await using daemon = await daemons[name](context)
    await using partner = await logIn(daemon, { connections })
    const files = Array.from({ length: 20 }, (_, at) => `small ${at}`)
    const work = files.flatMap((file) => [
      partner.writeFile(file, file),
      partner.exists(`${file} of nobody`),
    ])
    await Promise.all(work)
    for (const file of files) expect(readFileSync(join(daemon.root, file), 'utf8')).toBe(file)
    await Promise.all(files.map((file) => partner.writeFile(file, `${file} once more`)))
    for (const file of files) {
      expect(readFileSync(join(daemon.root, file), 'utf8')).toBe(`${file} once more`)
    }
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
    // What is there is longer, and begins like it or not.
    for (const short of [content.subarray(0, 100_000), randomBytes(100_000)]) {
      await partner.upload(content, 'cut')
      expect(await partner.upload(short, 'cut', { resume: true })).toMatchObject({
        transferred: 100_000,
        verified: true,
      })
      expect(readFileSync(join(daemon.root, 'cut')).equals(short)).toBe(true)
    }
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

test.for(names)(
  '[FTP-08] NOOPs within transfers of %s are none of their replies',
  async (name, context) => {
    await using daemon = await daemons[name](context)
    await using partner = await logIn(daemon, { keepAlive: 100, retry: false })
    const content = randomBytes(300_000)
    // Each takes as long as five of them.
    const rate = 600_000
    for (let time = 0; time < 3; time++) {
      expect(await partner.upload(content, 'up', { rate })).toMatchObject({ verified: true })
      expect(await partner.size('up')).toBe(300_000)
      const chunks: Buffer[] = []
      await partner.download('up', (chunk) => void chunks.push(Buffer.from(chunk)), { rate })
      expect(Buffer.concat(chunks).equals(content)).toBe(true)
      expect(await partner.size('up')).toBe(300_000)
    }
  },
)

test.for(names)(
  '%s is told an address of ours that is none, and says so',
  async (name, context) => {
    await using daemon = await daemons[name](context)
    const data = { mode: 'active', address: '127.0.0.9' } as const
    await using partner = await logIn(daemon, { data, retry: false })
    await (await logIn(daemon)).writeFile('a', 'text')
    const refused = await partner.readFile('a').catch((error: unknown) => error)
    expect(refused).toMatchObject({ reply: { status: expect.any(Number) } })
    expect(await partner.size('a')).toBe(4)
  },
)

test.for([
  ['vsftpd', 3],
  ['ProFTPD', 2],
] as const)(
  '%s, which has room for %i sessions, gets a whole tree of a client that wants eight',
  async ([name, room], context) => {
    await using daemon =
      name === 'ProFTPD'
        ? await startProftpd(context, [`MaxClientsPerUser ${room}`])
        : await startVsftpd(requireDaemon(context, 'vsftpd'), { perAddress: room })
    const road = tcpDialer()
    let logins = 0
    const dialer: Dialer = {
      ...road,
      dial(endpoint, options) {
        if (endpoint.port === Number(new URL(daemon.url).port)) logins++
        return road.dial(endpoint, options)
      },
    }
    let asked = 0
    const password = (): string => {
      asked++
      return daemon.password
    }
    await using partner = await logIn(daemon, { dialer, password, connections: 8 })
    const contents = Object.fromEntries(
      Array.from({ length: 200 }, (_, at) => [`d${at % 5}/f${at}`, `${at}`]),
    )
    await partner.mkdir('tree')
    const report = await mirror(memoryFiles({ contents }), partner.files('tree'))
    expect(report).toMatchObject({ made: 205, failed: 0 })
    for (const [path, text] of Object.entries(contents)) {
      expect(readFileSync(join(daemon.root, 'tree', path), 'utf8')).toBe(text)
    }
    // Those that there are, and those that were refused.
    expect(logins).toBeLessThanOrEqual(room + 8)
    expect(asked).toBeLessThanOrEqual(logins)
    // What the client does not use any more is there for others, until there is no room at all.
    await using stack = new AsyncDisposableStack()
    for (let open = 1; open < room; open++) stack.use(await logIn(daemon))
    await expect(logIn(daemon, { retry: false })).rejects.toMatchObject({
      retry: 'safe',
      code: name === 'vsftpd' ? 'NET_CONN_SHUTDOWN' : 'NET_REPLY_TEMPORARY',
      message: expect.stringMatching(/too many|maximum number/i),
    })
  },
)

function logIn(
  { url, user, password }: FtpDaemon,
  options: ftp.FtpConnectOptions = {},
): Promise<ftp.FtpClient> {
  return ftp.connect(url, { user, password, ...options })
}
