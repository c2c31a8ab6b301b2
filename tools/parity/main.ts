// `pnpm parity`: collects the ids that tests prove, writes docs/parity.md (or compares it, with --check) and prints
// the counts.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { finish, generated } from '../workspace/generated.ts'
import { packages, root } from '../workspace/packages.ts'
import { mistakes, page, summary, type Evidence, type Row } from './report.ts'
import { claimedIds } from './titles.ts'

const testFiles = ['packages/*/test/**/*.test.ts', 'apps/*/test/**/*.test.ts', 'test/**/*.test.ts']

const evidence: Evidence = {
  rows: rows(),
  proved: proved(),
  leftOut: data('left-out.json') as Record<string, string>,
  order: packages().map(({ short }) => short),
}
const stale = generated('docs/parity.md', page(evidence))
console.log(summary(evidence))
finish([...mistakes(evidence), ...(stale === undefined ? [] : [stale])], 'run: pnpm parity')

interface Capability {
  readonly id: string
  readonly weight: string
  readonly capability: string
}

interface HostileCase {
  readonly id: string
  readonly stimulus: string
}

function rows(): Row[] {
  const capabilities = data('capabilities.json') as Capability[]
  const hostile = data('hostile.json') as HostileCase[]
  return [
    ...capabilities.map(({ id, weight, capability }) => ({ id, weight, text: capability })),
    ...hostile.map(({ id, stimulus }) => ({ id, weight: 'HOSTILE', text: stimulus })),
  ]
}

function proved(): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const file of globSync(testFiles, {
    cwd: root,
    exclude: ['**/node_modules/**'],
  }).toSorted()) {
    for (const id of claimedIds(readFileSync(join(root, file), 'utf8'))) {
      found.set(id, [...(found.get(id) ?? []), file])
    }
  }
  return found
}

function data(name: string): unknown {
  return JSON.parse(readFileSync(join(import.meta.dirname, name), 'utf8'))
}
