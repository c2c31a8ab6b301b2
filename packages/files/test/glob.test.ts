import { at, glob, memoryFiles } from '@net/files'
import { expect, test } from 'vitest'

const files = memoryFiles({
  contents: { 'a.csv': '', 'in/b.csv': '', 'in/c.txt': '', 'in/deep/d.csv': '', 'skip/e.csv': '' },
})

async function found(
  patterns: string | readonly string[],
  path = '',
  exclude: readonly string[] = [],
) {
  const entries = await Array.fromAsync(glob(at(files, path), patterns, { exclude }))
  return entries.map((entry) => entry.path)
}

test.each([
  ['*.csv', ['a.csv', 'in/b.csv', 'in/deep/d.csv', 'skip/e.csv']],
  ['/*.csv', ['a.csv']],
  ['in/**', ['in/b.csv', 'in/c.txt', 'in/deep', 'in/deep/d.csv']],
  ['deep/', ['in/deep', 'in/deep/d.csv']],
])('finds %s', async (pattern, paths) => {
  expect(await found(pattern)).toEqual(paths)
})

test('takes several patterns, leaves out, and begins at a place', async () => {
  expect(await found(['*.csv', '!b.csv'], '', ['skip/'])).toEqual(['a.csv', 'in/deep/d.csv'])
  expect(await found('/*.csv', 'in')).toEqual(['in/b.csv'])
})

test('a wrong pattern is refused at once', () => {
  expect(() => glob(files, 1 as never)).toThrow(expect.objectContaining({ code: 'NET_BAD_OPTION' }))
})
