// The rule that `test/a/b.test.ts` stands beside `src/a/b.ts`, both ways. Knows nothing of files on disk.
import { stripTypeScriptTypes } from 'node:module'

/** Complaints about a package, given its source files (path → text) and the paths of its tests. */
export function compare(
  sources: ReadonlyMap<string, string>,
  tests: readonly string[],
): readonly string[] {
  const tested = new Set(tests.map((path) => path.replace(/\.test\.ts$/u, '.ts')))
  const untested = [...sources]
    .filter(([path, text]) => !isIndex(path) && !tested.has(path) && !hasNoCode(text))
    .map(([path]) => `src/${path} has no test/${path.replace(/\.ts$/u, '.test.ts')}`)
  const orphans = tests
    .filter((path) => !sources.has(path.replace(/\.test\.ts$/u, '.ts')) && !crosswise.test(path))
    .map((path) => `test/${path} has no source of that name`)
  return [...untested, ...orphans]
}

/** Whether nothing of a file is left at run time but imports and re-exports. */
export function hasNoCode(text: string): boolean {
  const code = stripTypeScriptTypes(text)
    .replace(/\/\*.*?\*\//gsu, '')
    .replace(/\/\/.*$/gmu, '')
  return (
    code.replace(/^\s*(?:import|export)\s*\{[^}]*\}(?:\s*from\s*'[^']*')?;?/gmu, '').trim() === ''
  )
}

function isIndex(path: string): boolean {
  return path === 'index.ts' || path.endsWith('/index.ts')
}

/** Tests of a property of the whole package rather than of one file. */
const crosswise =
  /^(?:conformance|hostile|properties|protocol)(?:\/.*)?\.test\.ts$|^(?:conformance|hostile|page|properties)\//u
