// The names that every program has already: Node's globals, and those that TypeScript declares for browsers.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../workspace/packages.ts'

/** All of them. */
export function globalNames(): ReadonlySet<string> {
  return new Set([
    ...Object.getOwnPropertyNames(globalThis),
    ...declaredNames(readFileSync(domFile(), 'utf8')),
  ])
}

/** The names of the global values in a declaration file. */
export function declaredNames(declarations: string): readonly string[] {
  return [...declarations.matchAll(/^declare (?:var|function|const) (?<name>\w+)/gmu)].map(
    (match) => match.groups?.['name'] ?? '',
  )
}

/** Where the installed compiler keeps its declarations for browsers. */
function domFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'net-names-'))
  try {
    const empty = join(folder, 'empty.ts')
    writeFileSync(empty, '')
    const tsc = join(root, 'node_modules/.bin/tsc')
    const files = execFileSync(tsc, ['--listFilesOnly', '--ignoreConfig', '--lib', 'dom', empty], {
      encoding: 'utf8',
    })
    const file = files.split('\n').find((line) => line.endsWith('lib.dom.d.ts'))
    if (file === undefined) throw new Error('the compiler lists no lib.dom.d.ts')
    return file
  } finally {
    rmSync(folder, { recursive: true })
  }
}
