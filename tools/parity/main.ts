// `pnpm parity [package]`: collects the ids that tests prove, prints the counts (and the rows of one package, with their
// ids and proofs), and writes docs/capabilities.md, which tells users what works (or compares it, with --check).
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { finish, generated } from '../workspace/generated.ts'
import { packages, root } from '../workspace/packages.ts'
import { page, type Heading } from './page.ts'
import { details, mistakes, summary, type Evidence, type Row } from './report.ts'
import { claimedIds } from './titles.ts'

const testFiles = ['packages/*/test/**/*.test.ts', 'apps/*/test/**/*.test.ts', 'test/**/*.test.ts']

const evidence: Evidence = {
  rows: rows(),
  proved: proved(),
  leftOut: data('left-out.json') as Record<string, string>,
  order: packages().map(({ short }) => short),
}
const [area] = process.argv.slice(2).filter((word) => !word.startsWith('-'))
if (area !== undefined) console.log(details(evidence, area))
const stale = generated('docs/capabilities.md', page(evidence, headings()))
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

/** What the page says of each package: its manifest's description, and its guides, the README where there are none. */
function headings(): Record<string, Heading> {
  const guides = data('guides.json') as Record<string, Record<string, string>>
  const words = data('words.json') as Record<string, Record<string, string>>
  return Object.fromEntries(
    packages().map(({ name, short, description }) => {
      const readme = { README: `../packages/${short}/README.md` }
      const told = { guides: guides[short] ?? readme, words: words[short] ?? {} }
      return [short, { title: name, about: description, ...told }]
    }),
  )
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
