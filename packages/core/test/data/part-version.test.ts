import { existsSync } from 'node:fs'
import { readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'

import { toFile } from '@net/core'
import { expect, test } from 'vitest'

import { PartFile } from '../../src/data/part-file.ts'
import { isSameVersion, partPath, VersionFile } from '../../src/data/part-version.ts'
import { temporaryFolder } from './folder.ts'

const text = (value: string): Uint8Array => Buffer.from(value)

const place = { kind: 'http', of: 'https://files.example/file.iso?token=of-mine' }

test('a version is kept beside the part, for its file alone and without its URL', async () => {
  await using folder = await temporaryFolder()
  const path = folder.at('file.iso')
  const versions = new VersionFile(path, place)
  expect(await versions.read()).toBeUndefined()
  await writeFile(`${path}.part`, 'x')
  await versions.write({ validator: '"a"', size: 5 })
  expect(await new VersionFile(path, place).read()).toEqual({ validator: '"a"', size: 5 })
  expect(await new VersionFile(path, { ...place, of: `${place.of}2` }).read()).toBeUndefined()
  expect(await new VersionFile(path, { ...place, kind: 'ftp' }).read()).toBeUndefined()
  expect(await readFile(`${path}.part.http`, 'utf8')).not.toContain('of-mine')
  await versions.remove()
  expect(await new VersionFile(path, place).read()).toBeUndefined()
  await writeFile(`${path}.part.http`, '{"of":5}')
  expect(await versions.read()).toBeUndefined()
})

test('a part that another program has begun anew is of no known version', async () => {
  await using folder = await temporaryFolder()
  const path = folder.at('file.iso')
  const versions = new VersionFile(path, place)
  await writeFile(`${path}.part`, 'x')
  await versions.write({ validator: '"a"', size: 5 })
  await writeFile(folder.at('other'), 'y')
  await rename(folder.at('other'), `${path}.part`)
  expect(await versions.read()).toBeUndefined()
})

test('where the file is a link, the version is kept where the part is', async () => {
  await using folder = await temporaryFolder()
  const path = folder.at('link')
  await symlink('target', path)
  expect(await partPath(path)).toBe(folder.at('target.part'))
  await writeFile(folder.at('target.part'), 'x')
  const versions = new VersionFile(path, place)
  await versions.write({ validator: '"a"' })
  expect(existsSync(folder.at('target.part.http'))).toBe(true)
  expect(await versions.read()).toEqual({ validator: '"a"' })
})

test('versions are the same if they are named, and have one name and one size', () => {
  const version = { validator: 'a', size: 5 }
  expect(isSameVersion(version, { ...version })).toBe(true)
  expect(isSameVersion(version, { ...version, size: 6 })).toBe(false)
  expect(isSameVersion(version, { ...version, validator: 'b' })).toBe(false)
  expect(isSameVersion({ size: 5 }, { size: 5 })).toBe(false)
})

const version = { kind: 'ftp', of: 'ftp://files.example/a', size: 6, validator: '5' }

test('a part is gone on with that is of the same version', async () => {
  await using folder = await temporaryFolder()
  const path = folder.at('a')
  const sink = toFile(path, { keepPart: true })
  const kept = await PartFile.open(sink, false, { version })
  await kept.writeAll([text('abc')])
  await kept.abort()
  const resumed = await PartFile.open(sink, true, { version })
  expect(resumed.position).toBe(3)
  await resumed.writeAll([text('def')])
  await resumed.commit()
  expect(await readFile(path, 'utf8')).toBe('abcdef')
  expect(await readdir(folder.path)).toEqual(['a'])
})

test.each([
  ['another time', { ...version, validator: '6' }],
  ['another size', { ...version, size: 7 }],
  ['another file', { ...version, of: 'ftp://files.example/b' }],
  ['a file of which no time is known', { ...version, validator: undefined }],
])('a part of %s is begun anew', async (_, other) => {
  await using folder = await temporaryFolder()
  const sink = toFile(folder.at('a'), { keepPart: true })
  const kept = await PartFile.open(sink, false, { version })
  await kept.writeAll([text('abc')])
  await kept.abort()
  const anew = await PartFile.open(sink, true, { version: other })
  expect(anew.position).toBe(0)
  await anew.writeAll([text('x')])
  await anew.commit()
  expect(await readdir(folder.path)).toEqual(['a'])
})

test('a part of which nothing is known is begun anew, unless it is longer than the whole', async () => {
  await using folder = await temporaryFolder()
  const sink = toFile(folder.at('a'), { keepPart: true })
  await writeFile(folder.at('a.part'), 'abc')
  const anew = await PartFile.open(sink, true, { version })
  expect(anew.position).toBe(0)
  await anew.abort()
  await writeFile(folder.at('a.part'), 'abcdefg')
  await rm(folder.at('a.part.ftp'))
  const long = await PartFile.open(sink, true, { version })
  expect(long.position).toBe(7)
  await long.abort()
})

test('a link that was laid where the version is to be kept leads nowhere else', async () => {
  await using folder = await temporaryFolder()
  const path = folder.at('file.iso')
  await writeFile(`${path}.part`, 'x')
  await writeFile(folder.at('mine'), 'mine')
  await symlink('mine', `${path}.part.http`)
  const versions = new VersionFile(path, place)
  await versions.write({ validator: '"a"' })
  expect(await readFile(folder.at('mine'), 'utf8')).toBe('mine')
  expect(await versions.read()).toEqual({ validator: '"a"' })
})

test('a part whose name leaves no room for that of its version is one of no known version', async () => {
  await using folder = await temporaryFolder()
  const path = folder.at('a'.repeat(249))
  const sink = toFile(path, { keepPart: true })
  const version = { ...place, validator: '"a"', size: 2 }
  const first = await PartFile.open(sink, true, { version })
  await first.writeAll([text('x')])
  await first.abort()
  const second = await PartFile.open(sink, true, { version })
  expect(second.position).toBe(0)
  await second.writeAll([text('xy')])
  await second.commit()
  expect(await readFile(path, 'utf8')).toBe('xy')
})

test('versions that are kept at the same moment are of no harm', async () => {
  await using folder = await temporaryFolder()
  const path = folder.at('file.iso')
  await writeFile(`${path}.part`, 'x')
  const all = Array.from({ length: 20 }, () => new VersionFile(path, place))
  await Promise.all(all.map((each) => each.write({ validator: '"a"', size: 5 })))
  expect(await new VersionFile(path, place).read()).toEqual({ validator: '"a"', size: 5 })
})
