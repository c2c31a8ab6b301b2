// Each package as its users get it: packed, installed alone, type-checked, imported and required.
import { copyFileSync, existsSync, globSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { transformSync } from 'esbuild'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { packages, root } from '@tools/workspace'
import { compilers, nodes, type Version } from './other-versions.ts'
import {
  installAlone,
  installTogether,
  packAll,
  run,
  temporaryFolder,
  type Tarballs,
} from './packed.ts'

const everyNode = nodes()
const everyCompiler = compilers()
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

describe.each(packages())('$name installed alone', ({ name, short, entries, folder: source }) => {
  let consumer: string
  beforeAll(() => {
    consumer = installAlone(name, tarballs, folder.path)
    const imports = entries.map(
      ({ specifier }, index) => `import * as e${index} from '${specifier}'\nvoid e${index}\n`,
    )
    writeFileSync(join(consumer, 'imports.mts'), imports.join(''))
    const first = join(root, 'tools/snippets/first.ts')
    const example = run(process.execPath, [first, join(source, 'README.md')], root)
    writeFileSync(join(consumer, 'example.mts'), example)
    // Not every Node reads `await using`.
    const { code } = transformSync(example, { loader: 'ts', target: 'node22.19' })
    writeFileSync(join(consumer, 'example.mjs'), code)
    copyFileSync(join(root, 'test/package/programs', `${short}.ts`), join(consumer, 'program.mts'))
  })

  test.each(everyCompiler)(
    'type-checks under the strictest settings of TypeScript $version',
    (compiler) => {
      const files = ['--module', 'nodenext', 'imports.mts', 'example.mts', 'program.mts']
      expect(runBy(compiler, [...strictest, ...files], consumer)).toBe('')
    },
  )

  test('type-checks as bundlers resolve it', () => {
    const bundler = ['--module', 'esnext', '--moduleResolution', 'bundler']
    const tsc = join(root, 'node_modules/.bin/tsc')
    expect(run(tsc, [...strictest, ...bundler, 'imports.mts'], consumer)).toBe('')
  })

  test.each(everyNode)('runs the first example of its README on Node $version', (node) => {
    expect(runBy(node, ['example.mjs'], consumer)).toBe('')
  })

  test.each(everyNode)('gives the same names to import and require on Node $version', (node) => {
    for (const { specifier } of entries) {
      const imported = namesFrom(node, `import('${specifier}')`, consumer)
      expect(namesFrom(node, `Promise.resolve(require('${specifier}'))`, consumer)).toEqual(
        imported,
      )
      expect(imported.length).toBeGreaterThan(0)
      expect(imported).not.toContain('default')
    }
  })

  test('the main entry loads no testing half, no node:assert and no optional peer', () => {
    const hook = join(root, 'test/package/print-loaded.ts')
    const loaded = run(process.execPath, ['--import', hook, '-e', `import('${name}')`], consumer)
    expect(loaded).toContain(`/node_modules/${name}/dist/index.js`)
    const unwanted = /\/testing\/|^node:assert|@opentelemetry/u
    expect(loaded.split('\n').filter((url) => unwanted.test(url))).toEqual([])
  })

  test('an import leaves for later what is needed later', () => {
    const hook = join(root, 'test/package/print-loaded.ts')
    const loaded = run(process.execPath, ['--import', hook, '-e', `import('${name}')`], consumer)
    const later = NEEDED_LATER[name] ?? /^node:(?:http2|https|tls)$/u
    expect(loaded.split('\n').filter((url) => later.test(url))).toEqual([])
  })

  test('holds code and types, and leads nowhere else', () => {
    const installed = join(consumer, 'node_modules', name)
    const files = globSync('**', { cwd: installed }).filter((path) =>
      statSync(join(installed, path)).isFile(),
    )
    const allowed = /^(?:dist\/.*\.(?:js|d\.ts)|package\.json|README\.md|CHANGELOG\.md|LICENSE)$/u
    expect(files.filter((path) => !allowed.test(path))).toEqual([])
    const { exports } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as {
      exports: Readonly<Record<string, Readonly<Record<string, string>>>>
    }
    expect(Object.keys(exports)).toEqual(entries.map(({ path }) => path))
    const targets = Object.values(exports).flatMap((conditions) => Object.values(conditions))
    expect(targets.filter((target) => !existsSync(join(installed, target)))).toEqual([])
  })

  test('prints the cost of installing and importing', () => {
    const { kilobytes, count } = installedSize(consumer)
    const milliseconds = importTime(name, consumer)
    console.log(`${name}: ${kilobytes} kB in ${count} packages, imported in ${milliseconds} ms`)
    expect(kilobytes).toBeGreaterThan(0)
    expect(milliseconds).toBeGreaterThan(0)
  })
})

describe('bodies that are none', () => {
  let consumer: string
  beforeAll(() => {
    consumer = installTogether(tarballs, folder.path)
    const bodies = ['new FormData()', 'new URLSearchParams()', '[1]']
    const calls = bodies.map((body) => `await http.post('http://localhost', { body: ${body} })\n`)
    writeFileSync(
      join(consumer, 'wrong.mts'),
      `import * as http from '@net/http'\n${calls.join('')}`,
    )
  })

  test.each(everyCompiler)('TypeScript $version tells each what to use instead', (compiler) => {
    let told = ''
    try {
      runBy(compiler, [...strictest, '--module', 'nodenext', 'wrong.mts'], consumer)
    } catch (error) {
      told = (error as { stdout: string }).stdout
    }
    const help = 'pass FormData as `multipart`, URLSearchParams as `form`, a list or an object as'
    expect(told.split('\n').filter((line) => line.includes(`Property '"${help}`))).toHaveLength(3)
  })
})

function runBy({ command: [program, ...first] }: Version, args: string[], cwd: string): string {
  return run(program, [...first, ...args], cwd)
}

function namesFrom(node: Version, expression: string, cwd: string): string[] {
  const script = `${expression}.then((m) => console.log(JSON.stringify(Object.keys(m).filter((k) => k !== 'module.exports' && k !== '__esModule').sort())))`
  return JSON.parse(runBy(node, ['--input-type=commonjs', '-e', script], cwd)) as string[]
}

/** What a user gets on disk, without the types and the optional peers that the tests add. */
function installedSize(consumer: string): { kilobytes: number; count: number } {
  const added = /node_modules\/(?:@types\/|undici-types\/|@opentelemetry\/|\.package-lock)/u
  const files = globSync('node_modules/**', { cwd: consumer }).filter((path) => !added.test(path))
  const sizes = files.map((path) => statSync(join(consumer, path))).filter((stat) => stat.isFile())
  const manifests = files.filter((path) =>
    /(?:^|\/)node_modules\/(?:@[^/]+\/)?[^/@]+\/package\.json$/u.test(path),
  )
  const bytes = sizes.reduce((sum, { size }) => sum + size, 0)
  return { kilobytes: Math.round(bytes / 1000), count: manifests.length }
}

/** Median of seven new processes. */
function importTime(name: string, cwd: string): number {
  const script = `const t = performance.now(); await import('${name}'); console.log(performance.now() - t)`
  const times = Array.from({ length: 7 }, () =>
    Number(run(process.execPath, ['--input-type=module', '-e', script], cwd)),
  )
  return Math.round((times.toSorted((a, b) => a - b)[3] ?? 0) * 10) / 10
}

/** What takes long to load, and what most programs never call. */
const NEEDED_LATER: Readonly<Record<string, RegExp>> = {
  '@net/core': /^node:(?:crypto|fs|fs\/promises|net|util)$/u,
  '@net/socket': /^node:(?:crypto|fs\/promises|http2?|https|tls|util)$/u,
  '@net/http':
    /^node:(?:crypto|dgram|dns\/promises|fs|fs\/promises|http2?|https|os|tls|util|zlib)$|\/dist\/(?:agreement|download|fetch|handshake|http2|web-socket)-|\/socket\/dist\/(?:index|authoring)\.js$/u,
}

const strictest = [
  '--noEmit',
  '--strict',
  '--exactOptionalPropertyTypes',
  '--noUncheckedIndexedAccess',
  '--skipLibCheck',
  'false',
  '--target',
  'esnext',
  '--types',
  'node',
]
