// SFTP against OpenSSH's server, in both of its forms.
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, type TestContext } from 'vitest'

import { fromFile, toFile } from '@net/core'
import { checkRemoteFiles } from '@net/core/testing'
import * as ssh from '@net/ssh'

import { requireDaemon } from './daemon.ts'
import { startSshd, type Sshd } from './sshd.ts'
import { testFolder } from './test-folder.ts'

const INTERNAL = 'Subsystem sftp internal-sftp'
const EXTERNAL = 'Subsystem sftp /usr/lib/openssh/sftp-server'

test('a folder of OpenSSH is a tree as every other', async (context) => {
  await using sshd = await started(context)
  await using host = await logIn(sshd)
  let number = 0
  await checkRemoteFiles(async () => {
    const root = join(testFolder(), `${(number += 1)}`)
    mkdirSync(root)
    const sftp = await host.sftp()
    return { files: sftp.files(root), [Symbol.asyncDispose]: () => sftp.close() }
  })
})

test('[SSH-52] [SSH-53] files go both ways whole, and with what they are', async (context) => {
  for (const subsystem of [INTERNAL, EXTERNAL]) {
    const folder = testFolder()
    await using sshd = await started(context, subsystem)
    await using host = await logIn(sshd)
    await using sftp = await host.sftp()
    const bytes = Buffer.alloc(5_000_000, Buffer.from('0123456789abcdef-'))
    const [local, remote, back] = ['local', 'remote', 'back'].map((name) => join(folder, name))
    writeFileSync(local!, bytes, { mode: 0o600 })
    const seen: number[] = []
    const sent = await sftp.upload(fromFile(local!), remote!, {
      preserve: true,
      onProgress: ({ transferred }) => void seen.push(transferred),
    })
    expect(sent).toEqual({ transferred: 5_000_000, size: 5_000_000, verified: true })
    expect(seen.at(-1)).toBe(5_000_000)
    expect(hashOf(readFileSync(remote!))).toBe(hashOf(bytes))
    expect(statSync(remote!).mode & 0o777).toBe(0o600)
    const got = await sftp.download(remote!, toFile(back!), { preserve: true })
    expect(got).toEqual({ transferred: 5_000_000, size: 5_000_000, verified: true })
    expect(hashOf(readFileSync(back!))).toBe(hashOf(bytes))
    expect(Math.abs(statSync(back!).mtimeMs - statSync(local!).mtimeMs)).toBeLessThan(1000)
  }
})

test('what has no size is read to its end, and what is no file is not opened', async (context) => {
  const folder = testFolder()
  await using sshd = await started(context)
  await using host = await logIn(sshd)
  await using sftp = await host.sftp()
  const version = Buffer.from(await sftp.readFile('/proc/version')).toString('utf8')
  expect(version).toBe(readFileSync('/proc/version', 'utf8'))
  await host.exec(['mkfifo', join(folder, 'pipe')], { check: true })
  await expect(sftp.readFile(join(folder, 'pipe'))).rejects.toMatchObject({
    code: 'NET_UNSUPPORTED',
    message: expect.stringContaining('a named pipe'),
  })
  await expect(sftp.readFile(folder)).rejects.toMatchObject({ code: 'NET_BAD_NAME' })
  expect(await sftp.exists(folder)).toBe(true)
})

test('[SSH-66] the statuses of OpenSSH are told apart', async (context) => {
  const folder = testFolder()
  await using sshd = await started(context)
  await using host = await logIn(sshd)
  await using sftp = await host.sftp()
  await sftp.cd(folder)
  mkdirSync(join(folder, 'full/deep'), { recursive: true })
  writeFileSync(join(folder, 'file'), 'x')
  symlinkSync('nowhere', join(folder, 'dangling'))
  const codes = async (calls: readonly Promise<unknown>[]): Promise<readonly unknown[]> =>
    (await Promise.allSettled(calls)).map((outcome) =>
      outcome.status === 'rejected' ? outcome.reason.code : 'done',
    )
  expect(
    await codes([
      sftp.stat('none'),
      sftp.stat('n'.repeat(300)),
      sftp.mkdir('full'),
      sftp.mkdir('none/deep'),
      sftp.remove('full'),
      sftp.readLink('file'),
      sftp.symlink('x', 'file'),
      sftp.rename('file', 'full'),
      sftp.writeFile('full', 'x'),
      sftp.writeFile('full', 'x', { inPlace: true }),
      Array.fromAsync(sftp.list('file')),
      sftp.link('file', 'dangling'),
      sftp.rename('none', 'other'),
    ]),
  ).toEqual([
    'NET_NOT_FOUND',
    'NET_BAD_NAME',
    'NET_EXISTS',
    'NET_NOT_FOUND',
    'NET_NOT_EMPTY',
    'NET_BAD_NAME',
    'NET_EXISTS',
    'NET_EXISTS',
    'NET_BAD_NAME',
    'NET_BAD_NAME',
    'NET_BAD_NAME',
    'NET_EXISTS',
    'NET_NOT_FOUND',
  ])
})

test('what speaks in place of the server, or nothing at all, is told', async (context) => {
  await using sshd = await started(context, 'Subsystem sftp /bin/echo Welcome to this host')
  await using host = await logIn(sshd)
  await expect(host.sftp()).rejects.toMatchObject({
    code: 'NET_PROTO_MALFORMED',
    message: expect.stringContaining('Welcome to this host'),
  })
  await expect(host.sftp({ command: 'echo why >&2; exit 3' })).rejects.toMatchObject({
    code: 'NET_UNSUPPORTED',
    message: expect.stringContaining('exit status 3: why'),
  })
  expect((await host.exec('echo still here')).stdout).toBe('still here\n')
  await using sftp = await host.sftp({ command: '/usr/lib/openssh/sftp-server' })
  expect(await sftp.isFolder('/')).toBe(true)
})

test('[SSH-65] files go both ways by scp', async (context) => {
  const folder = testFolder()
  await using sshd = await started(context)
  await using host = await logIn(sshd)
  const bytes = Buffer.alloc(3_000_000, Buffer.from('0123456789abcdef-'))
  writeFileSync(join(folder, 'local'), bytes)
  const path = join(folder, 'a b.csv')
  await host.scp.upload(fromFile(join(folder, 'local')), path, { mode: 0o600 })
  expect(readFileSync(path).equals(bytes)).toBe(true)
  expect(statSync(path).mode & 0o777).toBe(0o600)
  await host.scp.download(path, toFile(join(folder, 'back')))
  expect(readFileSync(join(folder, 'back')).equals(bytes)).toBe(true)
  await expect(host.scp.download(join(folder, 'none'), toFile(path))).rejects.toMatchObject({
    code: 'NET_NOT_FOUND',
  })
  await expect(host.scp.upload(bytes, join(folder, 'none/a'))).rejects.toMatchObject({
    code: 'NET_NOT_FOUND',
  })
  await expect(host.scp.download(folder, toFile(path))).rejects.toMatchObject({
    code: 'NET_BAD_NAME',
  })
})

function started(context: TestContext, ...settings: readonly string[]): Promise<Sshd> {
  const all = settings.length > 0 ? settings : [INTERNAL]
  return startSshd(requireDaemon(context, 'sshd'), all)
}

function logIn(sshd: Sshd): Promise<ssh.SshClient> {
  const hostKeys = ssh.pinned(sshd.hostKey.fingerprint)
  return ssh.connect(sshd.url, { user: sshd.user, auth: ssh.key(sshd.key.privateKey), hostKeys })
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
