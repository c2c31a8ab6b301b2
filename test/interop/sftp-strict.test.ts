// SFTP against an sshd that forbids most of it, ends idle sessions, or shows a part of the machine alone.
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect, test, type TestContext } from 'vitest'

import { fromFile, fromText } from '@net/core'
import { checkRemoteFiles } from '@net/core/testing'
import { localFiles, mirror } from '@net/files'
import * as ssh from '@net/ssh'

import { findDaemon, requireDaemon, requireRoot } from './daemon.ts'
import { startAccounts } from './sshd-accounts.ts'
import { startSshd, type Sshd } from './sshd.ts'
import { testFolder } from './test-folder.ts'

const SFTP_SERVER = '/usr/lib/openssh/sftp-server'

test('a server that sets no attributes takes files all the same, each of a tree with a note', async (context) => {
  await using host = await logIn(await started(context, 'internal-sftp -P setstat,fsetstat'))
  await using sftp = await host.sftp()
  const folder = testFolder()
  const [source, remote] = [join(folder, 'source'), join(folder, 'remote')]
  for (const path of [join(source, 'in'), remote]) mkdirSync(path, { recursive: true })
  const names = Array.from({ length: 12 }, (_, at) => `in/f${at}`)
  for (const name of names) writeFileSync(join(source, name), name)
  writeFileSync(join(source, 'large'), Buffer.alloc(500_000, 'x'))
  chmodSync(join(source, 'in'), 0o770)

  const plain = join(remote, 'plain')
  expect(await sftp.writeFile(plain, 'text')).toMatchObject({ verified: true })
  const kept = sftp.upload(fromFile(join(source, 'in/f0')), plain, { preserve: true })
  await expect(kept).rejects.toMatchObject({
    code: 'NET_ACCESS_DENIED',
    operation: 'setModified',
    retry: 'never',
  })
  expect(readFileSync(plain, 'utf8')).toBe('in/f0')

  const report = await mirror(localFiles(source), sftp.files(remote), { modes: true })
  expect(report).toMatchObject({ failed: 0, made: names.length + 2 })
  const noted = report.entries.filter(({ note }) => note?.code === 'NET_ACCESS_DENIED')
  expect(noted.map(({ path }) => path)).toEqual(expect.arrayContaining(['large', ...names]))
  for (const name of names) expect(readFileSync(join(remote, name), 'utf8')).toBe(name)
  // What others may not read is not written where they could.
  writeFileSync(join(source, 'private'), Buffer.alloc(500_000, 'x'), { mode: 0o600 })
  await expect(mirror(localFiles(source), sftp.files(remote))).rejects.toMatchObject({
    errors: [{ code: 'NET_ACCESS_DENIED' }],
  })
  expect(existsSync(join(remote, 'private'))).toBe(false)
})

test('a server that tells and lists nothing takes files all the same', async (context) => {
  const forbidden = 'internal-sftp -P stat,lstat,fstat,opendir,readdir,setstat,fsetstat'
  await using host = await logIn(await started(context, forbidden))
  await using sftp = await host.sftp()
  const path = join(testFolder(), 'a')
  for (const text of ['first', 'second']) {
    const { length } = text
    expect(await sftp.writeFile(path, text)).toEqual({
      transferred: length,
      size: length,
      verified: false,
    })
    expect(readFileSync(path, 'utf8')).toBe(text)
  }
  expect(Buffer.from(await sftp.readFile(path)).toString()).toBe('second')
  for (const call of [sftp.stat(path), Array.fromAsync(sftp.list('/'))]) {
    await expect(call).rejects.toMatchObject({ code: 'NET_ACCESS_DENIED' })
  }
})

test('a session that the server ends because it is idle is told at once, and opened again where that is asked for', async (context) => {
  const sshd = await started(context, 'internal-sftp', 'ChannelTimeout session:subsystem:sftp=1s')
  const keepAlive = { interval: 100, count: 100 }
  await using host = await logIn(sshd, { keepAlive })
  const other = await host.sftp({ reconnect: true })
  const path = join(testFolder(), 'a')
  await other.writeFile(path, 'text')
  // It has a second until then.
  const plain = await host.sftp()
  const file = await plain.open(path)
  expect(await plain.closed).toMatchObject({ code: 'NET_CONN_CLOSED' })
  await expect(plain.exists(path)).rejects.toMatchObject({
    code: 'NET_CONN_CLOSED',
    retry: 'safe',
    sent: false,
  })
  await expect(file.read(1)).rejects.toMatchObject({ code: expect.stringMatching(/^NET_C/) })
  expect(await other.size(path)).toBe(4)
  await using third = await host.sftp()
  expect(await third.exists(path)).toBe(true)
})

test('in a folder that is the whole of the machine, which is not ours to write to, a folder in it is a tree', async (context) => {
  requireRoot(context, 'sshd with ChrootDirectory')
  // Nobody but root may write to any folder above it.
  const root = mkdtempSync('/run/net-chroot-')
  context.onTestFinished(() => rmSync(root, { recursive: true }))
  chmodSync(root, 0o755)
  const sshd = await started(context, 'internal-sftp', `ChrootDirectory ${root}`)
  await using host = await logIn(sshd)
  await using sftp = await host.sftp()
  expect(await sftp.realpath('/..')).toBe('/')
  let number = 0
  await checkRemoteFiles(async () => {
    const name = `/tree${(number += 1)}`
    mkdirSync(join(root, name))
    return { files: sftp.files(name), async [Symbol.asyncDispose]() {} }
  })
  await sftp.mkdir('/in/deep', { recursive: true })
  await sftp.files('/in/deep').write('a', fromText('here'))
  expect(readFileSync(join(root, 'in/deep/a'), 'utf8')).toBe('here')
})

test('folders are made below those that may be neither made nor listed', async (context) => {
  const shell = findDaemon('sh') ?? '/bin/sh'
  const { url, key, hostKey } = await startAccounts(context, { 'net-ada': { shell } })
  await using host = await ssh.connect(url, {
    user: 'net-ada',
    auth: ssh.key(key.privateKey),
    hostKeys: ssh.pinned(hostKey.fingerprint),
  })
  const folder = testFolder()
  const [upper, own] = [join(folder, 'upper'), join(folder, 'upper/ada')]
  mkdirSync(own, { recursive: true })
  for (const path of [folder, upper]) chmodSync(path, 0o711)
  chownSync(own, Number((await host.exec('id -u')).stdout), 0)
  await using sftp = await host.sftp({ command: SFTP_SERVER })
  const deep = join(own, 'in/very/deep')
  await Promise.all(Array.from({ length: 50 }, () => sftp.mkdir(deep, { recursive: true })))
  expect(await sftp.isFolder(deep)).toBe(true)
  for (const path of [own, upper]) await sftp.mkdir(path, { recursive: true })
  await expect(sftp.mkdir(join(upper, 'new'), { recursive: true })).rejects.toMatchObject({
    code: 'NET_ACCESS_DENIED',
  })
  // The error is that of the deepest.
  await expect(sftp.mkdir(join(upper, 'new/in'), { recursive: true })).rejects.toMatchObject({
    message: expect.stringContaining('upper/new/in'),
  })
})

function started(
  context: TestContext,
  subsystem: string,
  ...more: readonly string[]
): Promise<Sshd> {
  const settings = [`Subsystem sftp ${subsystem}`, ...more]
  return startSshd(requireDaemon(context, 'sshd'), settings).then((sshd) => {
    context.onTestFinished(() => sshd[Symbol.asyncDispose]())
    return sshd
  })
}

function logIn(sshd: Sshd, options: ssh.SshConnectOptions = {}): Promise<ssh.SshClient> {
  const hostKeys = ssh.pinned(sshd.hostKey.fingerprint)
  const auth = ssh.key(sshd.key.privateKey)
  return ssh.connect(sshd.url, { user: sshd.user, auth, hostKeys, ...options })
}
