import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import { HttpHeaders } from '../src/headers.ts'
import { mayBe, VersionFile, versionOf } from '../src/part-version.ts'
import { temporaryFolder } from './folder.ts'

const LATE = 'Mon, 01 Jan 2024 10:01:00 GMT'
const EARLY = 'Mon, 01 Jan 2024 10:00:00 GMT'

test.each([
  [{ etag: '"a"' }, '"a"'],
  [{ etag: 'W/"a"' }, undefined],
  [{ etag: 'W/"a"', 'last-modified': EARLY, date: LATE }, EARLY],
  [{ 'last-modified': EARLY, date: 'Mon, 01 Jan 2024 10:00:59 GMT' }, undefined],
  [{ 'last-modified': EARLY }, undefined],
])('the validator of %o is %s', (fields, validator) => {
  expect(versionOf(new HttpHeaders(fields), 5).validator).toBe(validator)
})

test('another tag, date or size is another version; what is not said is none', () => {
  const version = { validator: '"a"', size: 5 }
  expect(mayBe(version, new HttpHeaders({ etag: '"a"' }), 5)).toBe(true)
  expect(mayBe(version, HttpHeaders.none, undefined)).toBe(true)
  expect(mayBe(version, new HttpHeaders({ etag: '"b"' }), 5)).toBe(false)
  expect(mayBe(version, new HttpHeaders({ etag: '"a"' }), 6)).toBe(false)
  expect(mayBe({ validator: EARLY }, new HttpHeaders({ 'last-modified': LATE }), 5)).toBe(false)
  expect(mayBe({}, new HttpHeaders({ etag: '"b"' }), 6)).toBe(true)
})

test('a version is kept beside the part, for its URL alone and without it', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'file.iso')
  const url = 'https://files.example/file.iso?token=of-mine'
  const versions = new VersionFile(path, url)
  expect(await versions.read()).toBeUndefined()
  await versions.write({ validator: '"a"', size: 5 })
  expect(await new VersionFile(path, url).read()).toMatchObject({ validator: '"a"', size: 5 })
  expect(await new VersionFile(path, `${url}2`).read()).toBeUndefined()
  expect(await readFile(`${path}.part.http`, 'utf8')).not.toContain('of-mine')
  await versions.remove()
  expect(await new VersionFile(path, url).read()).toBeUndefined()
  await writeFile(`${path}.part.http`, '{"url":5}')
  expect(await versions.read()).toBeUndefined()
})
