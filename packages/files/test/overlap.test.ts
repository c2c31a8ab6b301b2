import { mkdir, mkdtempDisposable, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { at, localFiles, memoryFiles } from '@net/files'
import { expect, test } from 'vitest'

import { pathBelow, refuseOverlap } from '../src/overlap.ts'

const tree = memoryFiles()

test.each([
  ['in', 'in', true, true],
  ['in', 'in/deep', true, true],
  ['in/deep', 'in', true, false],
  ['in', 'inner', false, false],
  ['', 'in', true, true],
])('%s and %s overlap: %s, and the target in the source: %s', (from, to, both, one) => {
  const overlaps = (given: boolean): boolean => {
    try {
      refuseOverlap(at(tree, from), at(tree, to), given)
      return false
    } catch {
      return true
    }
  }
  expect([overlaps(true), overlaps(false)]).toEqual([both, one])
})

test('local folders are compared by their paths', () => {
  const place = (folder: string, path: string) => at(localFiles(folder), path)
  expect(() => refuseOverlap(place('/srv/a b', ''), place('/srv', 'a b/c'), false)).toThrow(
    'overlap',
  )
  refuseOverlap(place('/srv/a', ''), place('/srv', 'ab'), true)
  refuseOverlap(at(tree, ''), at(memoryFiles(), ''), true)
})

test.each(['photos [2024]', 'a#b', 'a?b', '100% ü', 'a^b|c'])(
  'a local folder overlaps with the same one by another root, whatever its name has: %s',
  (name) => {
    const [inner, outer] = [at(localFiles(`/srv/${name}`), ''), at(localFiles('/srv'), name)]
    expect(() => refuseOverlap(inner, at(localFiles('/srv'), `${name}/in`), false)).toThrow(
      'overlap',
    )
    expect(() => refuseOverlap(outer, at(localFiles(`/srv/${name}`), 'in'), false)).toThrow(
      'overlap',
    )
    expect(() => refuseOverlap(at(localFiles(`/srv/${name}/in`), ''), outer, true)).toThrow(
      'overlap',
    )
  },
)

test('links that lead to a local folder hide no overlap', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'files-'))
  await mkdir(join(folder.path, 'real/in'), { recursive: true })
  await symlink('real', join(folder.path, 'link'))
  const place = (root: string, path: string) => at(localFiles(join(folder.path, root)), path)
  const [real, linked] = [place('real', ''), place('link', 'in')]
  expect(() => refuseOverlap(real, linked, false)).toThrow('overlap')
  expect(() => refuseOverlap(linked, real, true)).toThrow('overlap')
  expect(() => refuseOverlap(real, place('link', 'in/new/deep'), false)).toThrow('overlap')
  refuseOverlap(place('real/in', ''), place('link', 'other'), true)
  expect(pathBelow(real, place('link', 'in/.state'))).toBe('in/.state')
})

test('the trees of two users of one server are two', () => {
  const [ada, bob] = ['ada', 'bob'].map((user) =>
    at(memoryFiles({ name: `sftp://${user}@files.example:22/./x` }), ''),
  )
  refuseOverlap(ada!, bob!, true)
  expect(() => refuseOverlap(ada!, ada!, true)).toThrow('overlap')
})
