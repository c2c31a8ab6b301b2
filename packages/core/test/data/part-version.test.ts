import { existsSync } from 'node:fs'
import { readFile, rename, symlink, writeFile } from 'node:fs/promises'

import { expect, test } from 'vitest'

import { isSameVersion, partPath, VersionFile } from '../../src/data/part-version.ts'
import { temporaryFolder } from './folder.ts'

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
