// `pnpm test:node`: the packages' tests on the newest Node, against dist instead of the sources. Takes the tests that
// import packages by name only; one that reaches into `src/` would mix both. Needs `pnpm build` before.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..', '..')

process.exitCode = run(install(), testsByName())

function run(node: string, tests: readonly string[]): number {
  if (!existsSync(join(root, 'packages/core/dist/index.js')))
    throw new Error('no dist; run: pnpm build')
  const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()
  console.log(`${tests.length} test files on Node ${version}, against dist`)
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  const env = { ...process.env, NET_TEST_DIST: '1' }
  const { status } = spawnSync(node, [vitest, 'run', ...tests], {
    cwd: root,
    env,
    stdio: 'inherit',
  })
  return status ?? 1
}

/** Installs the other Node beside this file and returns its path. */
function install(): string {
  const flags = ['install', '--frozen-lockfile', '--ignore-workspace']
  execFileSync('pnpm', flags, { cwd: import.meta.dirname, stdio: 'inherit' })
  const platform = `node-${process.platform}-${process.arch}`
  return join(import.meta.dirname, 'node_modules', platform, 'bin/node')
}

function testsByName(): string[] {
  const all = globSync('packages/*/test/**/*.test.ts', { cwd: root }).toSorted()
  return all.filter(
    (path) => !/from '(?:\.\.\/)+src\//u.test(readFileSync(join(root, path), 'utf8')),
  )
}
