import { mkdtemp, open, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, expect, test } from 'vitest'

import { createSshKey } from '@net/ssh/testing'

import { readHostKey } from '../../src/host-keys/host-key.ts'
import { addKnownHost, defaultFiles, readKnownHosts } from '../../src/host-keys/known-hosts-file.ts'

const { publicKey, blob } = createSshKey()
let folder = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'net-ssh-'))
})

afterEach(() => rm(folder, { recursive: true }))

test('the lines about a host, with their numbers', async () => {
  const file = join(folder, 'known_hosts')
  await writeFile(file, `# comment\n\nb ${publicKey}\na ${publicKey}\n@revoked a ${publicKey}`)
  expect(await readKnownHosts(file, 'a')).toMatchObject([
    { file, line: 4 },
    { file, line: 5, marker: 'revoked' },
  ])
})

test('a file that does not exist has no lines, one that cannot be read is an error', async () => {
  expect(await readKnownHosts(join(folder, 'none'), 'a')).toEqual([])
  await expect(readKnownHosts(folder, 'a')).rejects.toMatchObject({ code: 'NET_LOCAL_IO' })
})

test('an aborted signal ends the reading', async () => {
  const file = join(folder, 'known_hosts')
  await writeFile(file, `a ${publicKey}\n`)
  const reason = new Error('enough')
  await expect(readKnownHosts(file, 'a', AbortSignal.abort(reason))).rejects.toBe(reason)
})

test('[H-SSH-02] a file of 100 MB, most of it one line, is read', async () => {
  const file = join(folder, 'known_hosts')
  await using handle = await open(file, 'w')
  await handle.truncate(100 * 1024 * 1024)
  await handle.write(`\na ${publicKey}\n`, 100 * 1024 * 1024)
  expect(await readKnownHosts(file, 'a')).toMatchObject([{ line: 2 }])
})

test('lines are found wherever the chunks of the file end', async () => {
  const file = join(folder, 'known_hosts')
  const filler = `other ${publicKey}\n`
  await writeFile(file, `${filler.repeat(3000)}a ${publicKey}\n${filler.repeat(3000)}`)
  expect(await readKnownHosts(file, 'a')).toMatchObject([{ line: 3001 }])
})

test('[SSH-26] a file is made for its owner alone, and a line is added behind a last line without an end', async () => {
  const file = join(folder, 'ssh', 'known_hosts')
  await addKnownHost(file, 'a', readHostKey(blob))
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect((await stat(join(folder, 'ssh'))).mode & 0o777).toBe(0o700)
  await writeFile(file, `b ${publicKey}`)
  await addKnownHost(file, 'a', readHostKey(blob))
  expect(await readFile(file, 'utf8')).toBe(`b ${publicKey}\na ${publicKey}\n`)
  await expect(addKnownHost(join(file, 'x'), 'a', readHostKey(blob))).rejects.toMatchObject({
    code: 'NET_LOCAL_IO',
  })
})

test('the default files are those of OpenSSH', () => {
  expect(defaultFiles().map((file) => file.split('/').at(-1))).toEqual([
    'known_hosts',
    'known_hosts2',
    'ssh_known_hosts',
    'ssh_known_hosts2',
  ])
})
