import { mkdtemp, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { devNull, tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { disk } from '@net/core/authoring'
import { createSshKey } from '@net/ssh/testing'

import { readHostKey } from '../../src/host-keys/host-key.ts'
import {
  addKnownHost,
  defaultFiles,
  readKnownHosts,
  userFile,
} from '../../src/host-keys/known-hosts-file.ts'

const { publicKey, blob } = createSshKey()
const key = readHostKey(blob)
const always = async (): Promise<boolean> => true
let folder = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'net-ssh-'))
})

afterEach(() => rm(folder, { recursive: true }))

test('the lines about a host, with their numbers', async () => {
  const file = join(folder, 'known_hosts')
  await writeFile(file, `# comment\n\nb ${publicKey}\na ${publicKey}\n@revoked a ${publicKey}`)
  expect(await readKnownHosts(file, ['a'])).toMatchObject([
    { file, line: 4 },
    { file, line: 5, marker: 'revoked' },
  ])
})

test('a file that does not exist has no lines, one that cannot be read is an error', async () => {
  expect(await readKnownHosts(join(folder, 'none'), ['a'])).toEqual([])
  await expect(readKnownHosts(folder, ['a'])).rejects.toMatchObject({ code: 'NET_LOCAL_IO' })
})

test('an aborted signal ends the reading', async () => {
  const file = join(folder, 'known_hosts')
  await writeFile(file, `a ${publicKey}\n`)
  const reason = new Error('enough')
  await expect(readKnownHosts(file, ['a'], AbortSignal.abort(reason))).rejects.toBe(reason)
})

test('[H-SSH-02] a file of 16 MiB, most of it one line, is read', async () => {
  const file = join(folder, 'known_hosts')
  await using handle = await open(file, 'w')
  await handle.truncate(16 * 1024 * 1024)
  await handle.write(`\na ${publicKey}\n`, 16 * 1024 * 1024)
  expect(await readKnownHosts(file, ['a'])).toMatchObject([{ line: 2 }])
})

test('lines are found wherever the chunks of the file end', async () => {
  const file = join(folder, 'known_hosts')
  const filler = `other ${publicKey}\n`
  await writeFile(file, `${filler.repeat(3000)}a ${publicKey}\n${filler.repeat(3000)}`)
  expect(await readKnownHosts(file, ['a'])).toMatchObject([{ line: 3001 }])
})

test('lines under several names are found, each under the first that fits', async () => {
  const file = join(folder, 'known_hosts')
  await writeFile(file, `a ${publicKey}\n[a]:22 ${publicKey}\n* ${publicKey}\n`)
  const found = await readKnownHosts(file, ['[a]:22', 'a'])
  expect(found.map(({ name, line }) => [name, line])).toEqual([
    ['a', 1],
    ['[a]:22', 2],
    ['[a]:22', 3],
  ])
})

test('a byte order mark in front of the first line is passed over', async () => {
  const file = join(folder, 'known_hosts')
  await writeFile(file, `\uFEFFa ${publicKey}\n`)
  expect(await readKnownHosts(file, ['a'])).toMatchObject([{ line: 1 }])
})

test('only regular files are read; the null device has no lines and takes none', async () => {
  for (const file of ['/dev/zero', folder]) {
    await expect(readKnownHosts(file, ['a'])).rejects.toMatchObject({
      code: 'NET_LOCAL_IO',
      message: expect.stringContaining('not a regular file'),
    })
  }
  expect(await readKnownHosts(devNull, ['a'])).toEqual([])
  await addKnownHost(devNull, { name: 'a', key }, always)
})

test('a path through a file is one that does not exist', async () => {
  const file = join(folder, 'file')
  await writeFile(file, '')
  expect(await readKnownHosts(join(file, '.ssh', 'known_hosts'), ['a'])).toEqual([])
})

test('[SSH-26] a file is made for its owner alone, and a line is added behind a last line without an end', async () => {
  const file = join(folder, 'ssh', 'known_hosts')
  await addKnownHost(file, { name: 'a', key }, always)
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect((await stat(join(folder, 'ssh'))).mode & 0o777).toBe(0o700)
  await writeFile(file, `b ${publicKey}`)
  await addKnownHost(file, { name: 'a', key }, always)
  expect(await readFile(file, 'utf8')).toBe(`b ${publicKey}\na ${publicKey}\n`)
  await expect(addKnownHost(join(file, 'x'), { name: 'a', key }, always)).rejects.toMatchObject({
    code: 'NET_LOCAL_IO',
  })
  expect(await readdir(join(folder, 'ssh'))).toEqual(['known_hosts'])
})

test('a line is added only if it is still new, and what the look fails with passes as it is', async () => {
  const file = join(folder, 'known_hosts')
  await addKnownHost(file, { name: 'a', key }, async () => false)
  await expect(readFile(file)).rejects.toMatchObject({ code: 'ENOENT' })
  const changed = new Error('changed')
  await expect(addKnownHost(file, { name: 'a', key }, () => Promise.reject(changed))).rejects.toBe(
    changed,
  )
})

test('the default files are those of OpenSSH', () => {
  expect(defaultFiles().map((file) => file.split('/').at(-1))).toEqual([
    'known_hosts',
    'known_hosts2',
    'ssh_known_hosts',
    'ssh_known_hosts2',
  ])
})

test('a user without a home folder has the files of the machine alone', () => {
  const none = (): undefined => undefined
  expect(defaultFiles(none)).toEqual(['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2'])
  expect(() => userFile(none)).toThrow(expect.objectContaining({ code: 'NET_BAD_OPTION' }))
  expect(userFile()).toBe(defaultFiles()[0])
})

test('a file below a folder that takes none cannot be written, and the call ends', async () => {
  const missing = Object.assign(new Error('ENOENT'), { code: 'ENOENT' })
  using mkdir = vi.spyOn(disk(), 'mkdir').mockRejectedValue(missing)
  const file = join(tmpdir(), 'none', 'deep', 'known_hosts')
  await expect(addKnownHost(file, { name: 'a', key }, always)).rejects.toMatchObject({
    code: 'NET_LOCAL_IO',
  })
  // Each folder by a call of its own: the system's way of making all at once need not end.
  for (const [, options] of mkdir.mock.calls) expect(options).not.toMatchObject({ recursive: true })
})
