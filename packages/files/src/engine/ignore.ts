/* Patterns as in .gitignore files, by the library `ignore`, which ESLint and others use. */

import ignore from 'ignore'

/** Whether a path, relative to where the patterns belong, is one that they mean; so is all that lies in a folder they mean. */
export type PathTest = (path: string, isFolder: boolean) => boolean

/** The test by these patterns. */
export function pathTest(patterns: readonly string[]): PathTest {
  // Names of peers may look like anything; by default the library refuses some.
  const rules = ignore({ ignoreCase: false, allowRelativePaths: true }).add([...patterns])
  return (path, isFolder) => path !== '' && rules.ignores(isFolder ? `${path}/` : path)
}
