// Each package as its users get it: packed, installed alone, type-checked, imported and required.
import { execFileSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { packages, root } from '@tools/workspace'
import { installAlone, packAll, run, temporaryFolder, type Tarballs } from './packed.ts'

const folder = temporaryFolder()
let tarballs: Tarballs

beforeAll(() => {
  for (const { name, folder: source } of packages()) {
    if (!existsSync(join(source, 'dist'))) throw new Error(`${name} is not built; run: pnpm build`)
  }
  tarballs = packAll(folder.path)
})

afterAll(() => {
  folder[Symbol.dispose]()
})

describe.each(packages())('$name installed alone', ({ name, entries }) => {
  let consumer: string
  beforeAll(() => {
    consumer = installAlone(name, tarballs, folder.path)
  })

  test('type-checks under the strictest settings, with and without bundler resolution', () => {
    const imports = entries.map(
      ({ specifier }, index) => `import * as e${index} from '${specifier}'\nvoid e${index}\n`,
    )
    writeFileSync(join(consumer, 'check.mts'), imports.join(''))
    const strict = [
      '--strict',
      '--exactOptionalPropertyTypes',
      '--noUncheckedIndexedAccess',
      '--skipLibCheck',
      'false',
    ]
    const target = ['--ignoreConfig', '--noEmit', '--target', 'es2024', '--types', 'node']
    const tsc = join(root, 'node_modules/.bin/tsc')
    for (const resolution of [
      ['--module', 'nodenext'],
      ['--module', 'esnext', '--moduleResolution', 'bundler'],
    ]) {
      expect(run(tsc, [...strict, ...target, ...resolution, 'check.mts'], consumer)).toBe('')
    }
  })

  test('every entry gives the same names to import and require', () => {
    for (const { specifier } of entries) {
      const imported = namesFrom(`import('${specifier}')`, consumer)
      expect(namesFrom(`Promise.resolve(require('${specifier}'))`, consumer)).toEqual(imported)
      expect(imported).not.toContain('default')
    }
  })

  test('the main entry loads no testing half and no node:assert', () => {
    const hook = join(root, 'tools/graph/print-loaded.ts')
    const loaded = run(process.execPath, ['--import', hook, '-e', `import('${name}')`], consumer)
    expect(loaded).toContain(`/node_modules/${name}/dist/index.js`)
    expect(loaded.split('\n').filter((url) => /\/testing\/|^node:assert/u.test(url))).toEqual([])
  })
})

function namesFrom(expression: string, cwd: string): string[] {
  const script = `${expression}.then((m) => console.log(JSON.stringify(Object.keys(m).filter((k) => k !== 'module.exports' && k !== '__esModule').sort())))`
  return JSON.parse(
    execFileSync(process.execPath, ['--input-type=commonjs', '-e', script], {
      cwd,
      encoding: 'utf8',
    }),
  ) as string[]
}
