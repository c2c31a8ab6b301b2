import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import {
  appendFile,
  chmod,
  link,
  mkdir,
  open,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
  type FileHandle,
} from 'node:fs/promises'
import { createServer } from 'node:net'
import { promisify } from 'node:util'

import { toFile } from '@net/core'
import { expect, test, vi } from 'vitest'

import { PartFile } from '../../src/data/part-file.ts'
import { temporaryFolder } from './folder.ts'

const text = (value: string): Uint8Array => Buffer.from(value)

test('the target stays untouched until commit', async () => {
  await using folder = await temporaryFolder()
  const path = folder.at('a')
  await writeFile(path, 'old')
  const file = await PartFile.open(toFile(path), false)
  await file.writeAll([text('new ')])
  await file.writeAll([text('text')])
  expect(file.position).toBe(8)
  expect(await readFile(path, 'utf8')).toBe('old')
  expect(await readFile(`${path}.part`, 'utf8')).toBe('new text')
  await file.commit()
  expect(await readFile(path, 'utf8')).toBe('new text')
  expect(await readdir(folder.path)).toEqual(['a'])
})

test('an abort removes the part, or keeps it to be resumed', async () => {
  await using folder = await temporaryFolder()
  const path = folder.at('a')
  const gone = await PartFile.open(toFile(path), false)
  await gone.writeAll([text('x')])
  await gone.abort()
  await gone.abort()
  expect(await readdir(folder.path)).toEqual([])
  const kept = await PartFile.open(toFile(path, { keepPart: true }), false)
  await kept.writeAll([text('hello ')])
  await kept.abort()
  expect(await readdir(folder.path)).toEqual(['a.part'])
  const resumed = await PartFile.open(toFile(path), true)
  expect(resumed.position).toBe(6)
  await resumed.writeAll([text('world')])
  await resumed.commit()
  expect(await readFile(path, 'utf8')).toBe('hello world')
})

test('what an earlier call left is replaced where nothing is resumed', async () => {
  await using folder = await temporaryFolder()
  await writeFile(folder.at('a.part'), 'a longer rest')
  const file = await PartFile.open(toFile(folder.at('a'), { mode: 0o600 }), false)
  await file.writeAll([text('x')])
  await file.commit()
  expect(await readFile(folder.at('a'), 'utf8')).toBe('x')
  expect((await stat(folder.at('a'))).mode & 0o777).toBe(0o600)
})

test('a link laid at the part leads nowhere', async () => {
  await using folder = await temporaryFolder()
  const [victim, path] = [folder.at('victim'), folder.at('a')]
  await writeFile(victim, 'precious')
  await symlink(victim, `${path}.part`)
  await expect(PartFile.open(toFile(path), true)).rejects.toMatchObject({
    code: 'NET_LOCAL_IO',
    cause: { code: 'ELOOP' },
  })
  const fresh = await PartFile.open(toFile(path), false)
  await fresh.writeAll([text('x')])
  await fresh.commit()
  expect(await readFile(victim, 'utf8')).toBe('precious')
  await link(victim, `${path}.part`)
  await expect(PartFile.open(toFile(path), true)).rejects.toMatchObject({ code: 'NET_LOCAL_IO' })
  expect(await readFile(victim, 'utf8')).toBe('precious')
})

for (const mode of [0o600, 0o640, 0o444, 0o777]) {
  test(`a file that is replaced keeps its mode ${mode.toString(8)}, which the part never exceeds`, async () => {
    await using folder = await temporaryFolder()
    const path = folder.at('a')
    await writeFile(path, 'old')
    await chmod(path, mode)
    const file = await PartFile.open(toFile(path), false)
    expect((await stat(`${path}.part`)).mode & 0o777 & ~mode).toBe(0)
    await file.writeAll([text('new')])
    await file.commit()
    expect((await stat(path)).mode & 0o777).toBe(mode)
  })
}

test('a part that is resumed is no more open than the file it replaces; a mode of its own wins', async () => {
  await using folder = await temporaryFolder()
  const path = folder.at('a')
  await writeFile(path, 'old', { mode: 0o600 })
  await writeFile(`${path}.part`, 'ne', { mode: 0o644 })
  const file = await PartFile.open(toFile(path), true)
  expect((await stat(`${path}.part`)).mode & 0o777).toBe(0o600)
  await file.writeAll([text('w')])
  await file.commit()
  const own = await PartFile.open(toFile(path, { mode: 0o640 }), false)
  await own.commit()
  expect((await stat(path)).mode & 0o777).toBe(0o640)
})

test('a link stays a link, and the file it leads to is replaced, also one that is not there yet', async () => {
  await using folder = await temporaryFolder()
  await mkdir(folder.at('real'))
  await symlink('real', folder.at('folder'))
  await symlink('../data', folder.at('real', 'link'))
  for (const content of ['first', 'second']) {
    const file = await PartFile.open(toFile(folder.at('folder', 'link')), false)
    await file.writeAll([text(content)])
    expect((await readdir(folder.path)).toSorted()).toContain('data.part')
    await file.commit()
    expect(await readFile(folder.at('data'), 'utf8')).toBe(content)
  }
  expect(await readlink(folder.at('real', 'link'))).toBe('../data')
  await symlink('round', folder.at('round'))
  await expect(PartFile.open(toFile(folder.at('round')), false)).rejects.toMatchObject({
    code: 'NET_LOCAL_IO',
  })
})

test('two names of one file are two files afterwards; in place they stay one', async () => {
  await using folder = await temporaryFolder()
  const [path, other] = [folder.at('a'), folder.at('b')]
  await writeFile(path, 'old')
  await link(path, other)
  const inPlace = await PartFile.open(toFile(path, { inPlace: true }), false)
  await inPlace.writeAll([text('both')])
  await inPlace.commit()
  expect(await readFile(other, 'utf8')).toBe('both')
  const file = await PartFile.open(toFile(path), false)
  await file.writeAll([text('one')])
  await file.commit()
  expect([await readFile(path, 'utf8'), await readFile(other, 'utf8')]).toEqual(['one', 'both'])
})

test.skipIf(process.platform === 'win32')(
  'a device is written to, a pipe and a socket are refused by name',
  async () => {
    await using folder = await temporaryFolder()
    const device = await PartFile.open(toFile('/dev/null'), false)
    await device.writeAll([text('x')])
    await device.commit()
    expect((await stat('/dev/null')).isCharacterDevice()).toBe(true)
    await promisify(execFile)('mkfifo', [folder.at('pipe')])
    const server = createServer().listen(folder.at('socket'))
    await once(server, 'listening')
    for (const [name, inPlace] of [
      ['pipe', false],
      ['pipe', true],
      ['socket', false],
    ] as const) {
      await expect(
        PartFile.open(toFile(folder.at(name), { inPlace }), false),
      ).rejects.toMatchObject({
        code: 'NET_LOCAL_IO',
        message: expect.stringContaining(`is a ${name}`),
      })
    }
    server.close()
  },
)

test('in place, the file itself is written', async () => {
  await using folder = await temporaryFolder()
  await writeFile(folder.at('a'), 'something longer')
  const file = await PartFile.open(toFile(folder.at('a'), { inPlace: true }), true)
  expect(file.position).toBe(0)
  await file.writeAll([text('new')])
  expect(await readdir(folder.path)).toEqual(['a'])
  await file.abort()
  expect(await readFile(folder.at('a'), 'utf8')).toBe('new')
})

test('two calls never write the same file', async () => {
  await using folder = await temporaryFolder()
  const first = await PartFile.open(toFile(folder.at('a')), false)
  await expect(PartFile.open(toFile(folder.at('x', '..', 'a')), false)).rejects.toMatchObject({
    code: 'NET_BUSY',
  })
  await first.abort()
  await (await PartFile.open(toFile(folder.at('a')), false)).abort()
})

test('a folder that is not there, or stands at the target, is an error before a byte is written', async () => {
  await using folder = await temporaryFolder()
  await mkdir(folder.at('folder'))
  const [none, taken] = [toFile(folder.at('none', 'a')), toFile(folder.at('folder'))]
  for (const _ of [1, 2]) {
    await expect(PartFile.open(none, false)).rejects.toMatchObject({
      code: 'NET_LOCAL_IO',
      cause: { code: 'ENOENT' },
    })
    await expect(PartFile.open(taken, false)).rejects.toMatchObject({ code: 'NET_LOCAL_IO' })
  }
  expect(await readdir(folder.path)).toEqual(['folder'])
})

test('a target that cannot be replaced is an error that leaves no part', async () => {
  await using folder = await temporaryFolder()
  const file = await PartFile.open(toFile(folder.at('a')), false)
  await file.writeAll([text('x')])
  await mkdir(folder.at('a'))
  await expect(file.commit()).rejects.toMatchObject({
    code: 'NET_LOCAL_IO',
    cause: { code: 'EISDIR' },
  })
  expect(await readdir(folder.path)).toEqual(['a'])
})

test('[H-CORE-11] a folder that vanishes in the middle is an error of this machine, and nothing passes for the file', async () => {
  await using folder = await temporaryFolder()
  await mkdir(folder.at('in'))
  const path = folder.at('in', 'copy.csv')
  const file = await PartFile.open(toFile(path), false)
  await file.writeAll([Buffer.from('a;b\n')])
  await rm(folder.at('in'), { recursive: true })
  await file.writeAll([Buffer.from('c;d\n')])
  await expect(file.commit()).rejects.toMatchObject({
    code: 'NET_LOCAL_IO',
    message: expect.stringContaining('copy.csv.part away'),
    cause: { code: 'ENOENT' },
  })
  await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' })
  // Where the folder comes back, another call may write the file.
  await mkdir(folder.at('in'))
  const again = await PartFile.open(toFile(path), false)
  await again.commit()
  expect((await stat(path)).size).toBe(0)
})

test.skipIf(!existsSync('/dev/full'))('a full disk is an error of this machine', async () => {
  const file = await PartFile.open(toFile('/dev/full', { inPlace: true }), false)
  await expect(file.writeAll([Buffer.alloc(4096)])).rejects.toMatchObject({
    code: 'NET_LOCAL_IO',
    cause: { code: 'ENOSPC' },
  })
  await file.abort()
})

test('the half of another program that writes to the same name never passes for the whole', async () => {
  await using folder = await temporaryFolder()
  const path = folder.at('a')
  await writeFile(path, 'old')
  const replaced = await PartFile.open(toFile(path), false)
  await replaced.writeAll([text('ours')])
  await rm(`${path}.part`)
  await writeFile(`${path}.part`, 'their half')
  await expect(replaced.commit()).rejects.toMatchObject({ code: 'NET_LOCAL_IO' })
  const appended = await PartFile.open(toFile(path), false)
  await appended.writeAll([text('ours')])
  await writeFile(`${path}.part`, 'theirs', { flag: 'a' })
  await expect(appended.commit()).rejects.toMatchObject({ code: 'NET_LOCAL_IO' })
  expect(await readFile(path, 'utf8')).toBe('old')
})

test('two programs that go on with one part write the same bytes at the same places', async () => {
  await using folder = await temporaryFolder()
  const path = folder.at('file')
  await writeFile(`${path}.part`, 'ab')
  const ours = await PartFile.open(toFile(path, { keepPart: true }), true)
  await ours.writeAll([text('c')])
  // The other one began where we did, and is ahead of us.
  await appendFile(`${path}.part`, 'def')
  await ours.writeAll([text('d'), text('e')])
  await ours.writeAll([text('f')])
  await ours.commit()
  expect(await readFile(path, 'utf8')).toBe('abcdef')
  await writeFile(`${path}.part`, 'ab')
  const late = await PartFile.open(toFile(path, { keepPart: true }), true)
  await appendFile(`${path}.part`, 'cdef')
  // The other one is done before us, and has given the file its name.
  await rename(`${path}.part`, path)
  await late.writeAll([text('cdef')])
  await late.commit()
  expect(await readdir(folder.path)).toEqual(['file'])
  expect(await readFile(path, 'utf8')).toBe('abcdef')
})

test('a part that another program puts there while a commit is under way never gets the name', async () => {
  await using folder = await temporaryFolder()
  const path = folder.at('a')
  await writeFile(path, 'old', { mode: 0o640 })
  const file = await PartFile.open(toFile(path), false)
  await file.writeAll([text('ours')])
  await chmod(path, 0o600)
  // The permissions are taken over as the last thing before the name is.
  const handle = await open(path)
  const taking = vi.spyOn(Object.getPrototypeOf(handle) as FileHandle, 'chmod')
  taking.mockImplementation(async () => {
    await rm(`${path}.part`)
    await writeFile(`${path}.part`, 'their half')
  })
  await using _ = { [Symbol.asyncDispose]: async () => (taking.mockRestore(), handle.close()) }
  await expect(file.commit()).rejects.toMatchObject({
    code: 'NET_LOCAL_IO',
    message: expect.stringContaining('another program'),
  })
  expect(taking).toHaveBeenCalledOnce()
  expect(await readFile(path, 'utf8')).toBe('old')
  expect(await readFile(`${path}.part`, 'utf8')).toBe('their half')
  expect((await readdir(folder.at('.'))).toSorted()).toEqual(['a', 'a.part'])
})

test('an abort removes no part of another program, and waits for a commit that has begun', async () => {
  await using folder = await temporaryFolder()
  const path = folder.at('a')
  const given = await PartFile.open(toFile(path), false)
  await rm(`${path}.part`)
  await writeFile(`${path}.part`, 'theirs')
  await given.abort()
  expect(await readFile(`${path}.part`, 'utf8')).toBe('theirs')
  const whole = await PartFile.open(toFile(path), false)
  await whole.writeAll([text('ours')])
  const commit = whole.commit()
  await whole.abort()
  await commit
  expect(await readFile(path, 'utf8')).toBe('ours')
})

test.skipIf(process.platform === 'win32')(
  'a file that was made private, or put there, while another was written keeps its permissions',
  async () => {
    await using folder = await temporaryFolder()
    const path = folder.at('a')
    await writeFile(path, 'old', { mode: 0o644 })
    const file = await PartFile.open(toFile(path), false)
    await file.writeAll([text('new')])
    await chmod(path, 0o600)
    await file.commit()
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    const late = folder.at('b')
    const first = await PartFile.open(toFile(late), false)
    await writeFile(late, 'theirs', { mode: 0o600 })
    await first.commit()
    expect((await stat(late)).mode & 0o777).toBe(0o600)
  },
)

test('zeros are left out of a sparse file, also at its end and where it is resumed', async () => {
  await using folder = await temporaryFolder()
  const path = folder.at('sparse')
  const zeros = new Uint8Array(200_000)
  const first = await PartFile.open(toFile(path, { keepPart: true }), false, { sparse: true })
  await first.writeAll([Buffer.from('a'), zeros, Buffer.from('b'), zeros])
  expect(first.position).toBe(400_002)
  await first.abort()
  // The zeros at the end are not there: nothing was written behind them.
  const file = await PartFile.open(toFile(path), true, { sparse: true })
  expect(file.position).toBe(200_002)
  await file.writeAll([zeros, zeros, Buffer.from('c'), zeros])
  await file.commit()
  const whole = Buffer.concat([
    Buffer.from('a'),
    zeros,
    Buffer.from('b'),
    zeros,
    zeros,
    Buffer.from('c'),
    zeros,
  ])
  expect(whole.equals(await readFile(path))).toBe(true)
  if (process.platform === 'linux') expect((await stat(path)).blocks * 512).toBeLessThan(100_000)
})
