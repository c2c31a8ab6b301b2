// `pnpm test:node [oldest|workspace|newest]`: the packages' tests against the packed packages, on the oldest Node that these
// run on, on the workspace's and on the newest. Takes the tests that import packages by name only; one that reaches into
// `src/` would mix both. Needs `pnpm build` before.
import { execFileSync, spawnSync } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '@tools/workspace'
import { installTogether, packAll, temporaryFolder } from '../package/packed.ts'
import { nodes, type NodeVersion } from './nodes.ts'

using folder = temporaryFolder()
const packed = installTogether(packAll(folder.path), folder.path)
const tests = testsByName()
const chosen = nodes().filter(
  ({ name }) => process.argv[2] === undefined || process.argv[2] === name,
)
if (chosen.length === 0) throw new Error(`no such Node: ${process.argv[2]}`)
process.exitCode = Math.max(...chosen.map(run))

function run({ name, program }: NodeVersion): number {
  const version = execFileSync(program, ['--version'], { encoding: 'utf8' }).trim()
  console.log(`${tests.length} test files on Node ${version}, against the packed packages`)
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  const older = `--import=${join(import.meta.dirname, 'older.mjs')} --disable-warning=ExperimentalWarning`
  const flags = name === 'oldest' ? { NODE_OPTIONS: older } : {}
  const env = { ...process.env, NET_TEST_PACKED: packed, ...flags }
  const { status } = spawnSync(program, [vitest, 'run', ...tests], {
    cwd: root,
    env,
    stdio: 'inherit',
  })
  return status ?? 1
}

function testsByName(): string[] {
  const all = globSync('packages/*/test/**/*.test.ts', { cwd: root }).toSorted()
  return all.filter(
    (path) => !/from '(?:\.\.\/)+src\//u.test(readFileSync(join(root, path), 'utf8')),
  )
}
