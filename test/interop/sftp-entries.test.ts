// Names, times and links as people have them on OpenSSH's server, and files that grow while they are read.
import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect, test, type TestContext } from 'vitest'

import { copy, localFiles, mirror } from '@net/files'
import * as ssh from '@net/ssh'

import { requireDaemon } from './daemon.ts'
import { startSshd } from './sshd.ts'
import { testFolder } from './test-folder.ts'

test('names that are no UTF-8 are listed, read, renamed, removed, and told by a mirror', async (context) => {
  await using host = await loggedIn(context)
  await using sftp = await host.sftp()
  const folder = testFolder()
  const [source, here, again] = ['source', 'here', 'again'].map((name) => join(folder, name))
  for (const path of [source!, here!, again!]) mkdirSync(path)
  const names = ['caf\xe9.txt', 'caf\xe8.txt', Buffer.from('valid é').toString('latin1')]
  for (const name of names) writeFileSync(bytesOf(source!, name), name)
  const entries = await Array.fromAsync(sftp.list(source))
  expect(entries).toHaveLength(3)
  for (const { path } of entries) {
    const text = Buffer.from(await sftp.readFile(path)).toString('utf8')
    expect(names).toContain(text)
    expect(await sftp.size(path)).toBe(Buffer.byteLength(text))
  }
  // Which tree takes such a name is not known: it is told, and never another one in silence.
  await expect(mirror(sftp.files(source), localFiles(here!))).rejects.toMatchObject({
    partial: { failed: 2, made: 1 },
    errors: [{ code: 'NET_BAD_NAME' }, { code: 'NET_BAD_NAME' }],
  })
  expect(namesIn(here!)).toEqual(names.slice(2))
  for (const name of names) writeFileSync(bytesOf(again!, name), name)
  await using latin = await host.sftp({ encoding: 'latin1' })
  expect(await latin.exists(join(source!, 'café.txt'))).toBe(true)
  for (const [at, { path }] of entries.entries()) {
    await sftp.rename(path, join(source!, `${at}`))
    await sftp.remove(join(again!, path.slice(source!.length)))
  }
  expect([namesIn(source!), namesIn(again!)]).toEqual([['0', '1', '2'], []])
})

test('times are those of the server over the whole range that there is', async (context) => {
  await using host = await loggedIn(context)
  await using sftp = await host.sftp()
  const folder = testFolder()
  for (const [date, seconds] of [
    // What lies outside of 32 bits without a sign is told by the server as another time.
    ['1969-12-01T00:00:00Z', 4_292_288_896],
    ['2040-01-01T00:00:00Z', 2_208_988_800],
    ['2100-06-01T00:00:00Z', 4_115_491_200],
  ] as const) {
    const path = join(folder, date)
    execFileSync('touch', ['-d', date, path])
    expect(await sftp.modified(path)).toBe(seconds * 1000)
  }
  const path = join(folder, 'grid')
  writeFileSync(path, 'x')
  for (let seconds = 0; seconds < 2 ** 32; seconds += 123_456_789) {
    await sftp.setModified(path, seconds * 1000 + 999)
    expect(await sftp.modified(path)).toBe(seconds * 1000)
  }
  const [source, remote] = [join(folder, 'source'), join(folder, 'remote')]
  for (const each of [source, remote]) mkdirSync(each)
  for (const name of ['early', 'late']) writeFileSync(join(source, name), name)
  utimesSync(join(source, 'early'), new Date(0), new Date(-86_400_000))
  const report = await mirror(localFiles(source), sftp.files(remote))
  expect(report).toMatchObject({ made: 2, failed: 0 })
  const notes = report.entries.map(({ path: each, note }) => `${each} ${note?.code}`)
  expect(notes.toSorted()).toEqual(['early NET_BAD_OPTION', 'late undefined'])
})

test('a link that leads nowhere, or to where it is, stands in the way of nothing', async (context) => {
  await using host = await loggedIn(context)
  await using sftp = await host.sftp()
  const folder = testFolder()
  const [source, target] = [join(folder, 'source'), join(folder, 'target')]
  for (const path of [join(source, 'z'), target]) mkdirSync(path, { recursive: true })
  symlinkSync('nowhere', join(source, 'dangling'))
  symlinkSync('.', join(source, 'here'))
  for (const path of ['a', 'z/b']) writeFileSync(join(source, path), path)
  const walked = await Array.fromAsync(sftp.walk(source), ({ path, type }) =>
    [path.slice(source.length + 1), type].join(' '),
  )
  expect(walked.toSorted()).toEqual([
    'a file',
    'dangling link',
    'here link',
    'z folder',
    'z/b file',
  ])
  await expect(
    copy(sftp.files(source), localFiles(target), { recursive: true, symlinks: 'follow' }),
  ).rejects.toMatchObject({ partial: { failed: 2, made: 3 } })
  expect(readFileSync(join(target, 'z/b'), 'utf8')).toBe('z/b')
  await sftp.remove(source, { recursive: true })
  expect(readdirSync(folder)).toEqual(['target'])
})

test('a file that is written to while it is fetched: each of 20 downloads ends, and is a beginning of it', async (context) => {
  await using host = await loggedIn(context)
  await using sftp = await host.sftp()
  const folder = testFolder()
  const path = join(folder, 'log')
  const block = Buffer.alloc(20_000, 'a line of a log\n')
  writeFileSync(path, Buffer.alloc(2_000_000, block))
  for (let round = 0; round < 20; round++) {
    const least = statSync(path).size
    const chunks: Uint8Array[] = []
    const sink = (chunk: Uint8Array): void => {
      chunks.push(Buffer.from(chunk))
      appendFileSync(path, block)
    }
    const { size, verified, changed } = await sftp.download(path, sink)
    const got = Buffer.concat(chunks)
    expect([got.length, verified, changed]).toEqual([size, true, true])
    expect(size).toBeGreaterThanOrEqual(least)
    expect(readFileSync(path).subarray(0, size).equals(got)).toBe(true)
  }
})

function bytesOf(folder: string, name: string): Buffer {
  return Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name, 'latin1')])
}

function namesIn(folder: string): readonly string[] {
  return readdirSync(folder, { encoding: 'buffer' })
    .map((name) => name.toString('latin1'))
    .toSorted()
}

async function loggedIn(context: TestContext): Promise<ssh.SshClient> {
  const sshd = await startSshd(requireDaemon(context, 'sshd'), ['Subsystem sftp internal-sftp'])
  context.onTestFinished(() => sshd[Symbol.asyncDispose]())
  return ssh.connect(sshd.url, {
    user: sshd.user,
    auth: ssh.key(sshd.key.privateKey),
    hostKeys: ssh.pinned(sshd.hostKey.fingerprint),
  })
}
