// Whole trees over SFTP, with @net/files: against OpenSSH's server and against ours, whose channel breaks.
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

import { isNetError, type RemoteFiles } from '@net/core'
import { copy, localFiles, memoryFiles, mirror, type TreeReport } from '@net/files'
import * as ssh from '@net/ssh'
import { startSftpServer, type SftpServer } from '@net/ssh/testing'

import { requireDaemon } from './daemon.ts'
import { startSshd } from './sshd.ts'
import { testFolder } from './test-folder.ts'

const EVIL = ['../x', '/abs', 'a/../../b', '..\\x', 'nul\0', 'esc\u001b[2J']

test('[SSH-54] a tree goes up and down with times, modes and links, and the second run moves nothing', async (context) => {
  const folder = testFolder()
  const [source, remote, back] = ['source', 'remote', 'back'].map((name) => join(folder, name))
  for (const each of [source!, remote!, back!]) mkdirSync(each)
  for (let at = 0; at < 60; at++) {
    const path = join(source!, `d${at % 5}`, `f${at}`)
    mkdirSync(join(path, '..'), { recursive: true })
    writeFileSync(path, Buffer.alloc(at * 100, at), { mode: at % 2 === 0 ? 0o600 : 0o644 })
    utimesSync(path, 1_600_000_000.999, 1_600_000_000.999)
  }
  symlinkSync('f1', join(source!, 'd1/link'))
  const program = requireDaemon(context, 'sshd')
  await using sshd = await startSshd(program, ['Subsystem sftp internal-sftp'])
  const hostKeys = ssh.pinned(sshd.hostKey.fingerprint)
  const auth = ssh.key(sshd.key.privateKey)
  await using host = await ssh.connect(sshd.url, { user: sshd.user, auth, hostKeys })
  await using sftp = await host.sftp()
  const options = { modes: true, symlinks: 'keep' } as const
  const up = await mirror(localFiles(source!), sftp.files(remote), options)
  expect(up.failed).toBe(0)
  expect(statSync(join(remote!, 'd2/f2')).mode & 0o777).toBe(0o600)
  expect(Math.floor(statSync(join(remote!, 'd2/f2')).mtimeMs / 1000)).toBe(1_600_000_000)
  expect((await mirror(localFiles(source!), sftp.files(remote), options)).transferred).toBe(0)
  await copy(sftp.files(remote), localFiles(back!), { recursive: true, ...options })
  expect(await hashesOf(localFiles(back!))).toEqual(await hashesOf(localFiles(source!)))
})

test('on sshd what is replaced keeps its mode, and a mode alone is one step without a byte', async (context) => {
  const folder = testFolder()
  const [source, remote] = [join(folder, 'source'), join(folder, 'remote')]
  for (const each of [source, remote]) mkdirSync(each)
  const modes = { page: 0o644, 'run.sh': 0o755, own: 0o600 }
  for (const [name, mode] of Object.entries(modes)) {
    writeFileSync(join(source, name), 'new content', { mode: 0o640 })
    writeFileSync(join(remote, name), 'old', { mode })
  }
  await using sshd = await startSshd(requireDaemon(context, 'sshd'), [
    'Subsystem sftp internal-sftp',
  ])
  const hostKeys = ssh.pinned(sshd.hostKey.fingerprint)
  const auth = ssh.key(sshd.key.privateKey)
  await using host = await ssh.connect(sshd.url, { user: sshd.user, auth, hostKeys })
  await using sftp = await host.sftp()
  const to = sftp.files(remote)
  const modeOf = (name: string): number => statSync(join(remote, name)).mode & 0o777
  expect(await mirror(localFiles(source), to)).toMatchObject({ replaced: 3, failed: 0 })
  for (const [name, mode] of Object.entries(modes)) {
    expect(readFileSync(join(remote, name), 'utf8')).toBe('new content')
    expect(modeOf(name)).toBe(mode)
  }
  const report = await mirror(localFiles(source), to, { modes: true })
  expect(report).toMatchObject({ adjusted: 3, replaced: 0, transferred: 0 })
  for (const name of Object.keys(modes)) expect(modeOf(name)).toBe(0o640)
})

test('one entry that fails is reported, and the rest arrives', async () => {
  await using opened = await openedServer({
    '/in/a': 'a',
    '/in/pipe': { type: 'pipe' },
    '/in/c': 'c',
  })
  opened.server.fail({ on: 'OPEN /in/a', times: Infinity, do: { status: 3 } })
  const target = memoryFiles()
  const report = await reportOf(mirror(opened.sftp.files('/in'), target))
  expect(await target.stat('c')).toMatchObject({ size: 1 })
  await expect(target.stat('a')).rejects.toMatchObject({ code: 'NET_NOT_FOUND' })
  expect(report.entries.find(({ path }) => path === 'a')?.error).toMatchObject({
    code: 'NET_ACCESS_DENIED',
  })
})

test('a listing leads nowhere but into the folder, and the rest arrives', async () => {
  const folder = testFolder()
  const target = join(folder, 'target')
  mkdirSync(target)
  await using opened = await openedServer({ '/in/fine': 'fine' })
  for (const name of EVIL) opened.server.files.nameBadly('/in', name)
  const report = await reportOf(mirror(opened.sftp.files('/in'), localFiles(target)))
  expect(readFileSync(join(target, 'fine'), 'utf8')).toBe('fine')
  for (const path of ['x', 'b', 'abs']) expect(existsSync(join(folder, path))).toBe(false)
  expect(existsSync('/abs')).toBe(false)
  expect(
    report.entries.filter(({ error }) => error !== undefined).map(({ path }) => path),
  ).not.toContain('fine')
})

const FILES = process.env['NET_SOAK'] === '1' ? 2000 : 200

test(`a mirror of ${FILES} files, whose channel breaks again and again, ends identical`, async () => {
  const contents = Object.fromEntries(
    Array.from({ length: FILES }, (_, at) => [
      `d${at % 20}/f${at}`,
      Buffer.alloc(500 + (at % 3000), at),
    ]),
  )
  const source = memoryFiles({ contents })
  await using opened = await openedServer({ '/in/.keep': '' }, { reconnect: true })
  const { sftp, server } = opened
  for (let at = 0; at < FILES / 20; at++) {
    server.fail({ on: at % 2 === 0 ? 'WRITE' : 'CLOSE', after: at * 17, do: 'drop' })
  }
  let report = await reportOf(mirror(source, sftp.files('/in')))
  for (let run = 0; run < 10 && report.failed > 0; run++) {
    report = await reportOf(mirror(source, sftp.files('/in')))
  }
  expect(report.failed).toBe(0)
  expect(await hashesOf(sftp.files('/in'))).toEqual([
    ['.keep', createHash('sha256').digest('hex')],
    ...(await hashesOf(source)),
  ])
})

async function openedServer(
  files: NonNullable<Parameters<typeof startSftpServer>[0]>['files'],
  options: ssh.SftpOptions = {},
): Promise<{ readonly server: SftpServer; readonly sftp: ssh.SftpClient } & AsyncDisposable> {
  const server = await startSftpServer({ files: files! })
  const hostKeys = ssh.pinned(server.ssh.hostKey.fingerprint)
  const host = await ssh.connect(server.url, { user: 'ada', password: 'lovelace', hostKeys })
  const sftp = await host.sftp(options)
  return {
    server,
    sftp,
    async [Symbol.asyncDispose]() {
      await host.close({ grace: 500 })
      await server.close()
    },
  }
}

async function reportOf(running: Promise<TreeReport>): Promise<TreeReport> {
  try {
    return await running
  } catch (error) {
    if (isNetError(error) && error.partial !== undefined) return error.partial as TreeReport
    throw error
  }
}

async function hashesOf(tree: RemoteFiles, folder = ''): Promise<(readonly [string, string])[]> {
  const found: (readonly [string, string])[] = []
  for await (const { path, type } of tree.list(folder)) {
    if (type === 'folder') found.push(...(await hashesOf(tree, path)))
    if (type !== 'file') continue
    const hash = createHash('sha256')
    for await (const chunk of tree.read(path)) hash.update(chunk)
    found.push([path, hash.digest('hex')])
  }
  return found.toSorted(([one], [other]) => (one < other ? -1 : 1))
}
