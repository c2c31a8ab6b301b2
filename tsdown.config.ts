// The build of every package; run with the package's folder as the working directory.
// Entries are read from the manifest, so that a new entry is written in one place.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { defineConfig } from 'tsdown'

interface Manifest {
  readonly exports: Readonly<Record<string, { readonly '@net/source': string }>>
}

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest

export default defineConfig({
  cwd: process.cwd(),
  entry: entries(manifest),
  format: 'esm',
  platform: 'node',
  target: 'node22.19',
  dts: true,
  fixedExtension: false,
  // Nothing from node_modules is inlined by accident.
  deps: { onlyBundle: [] },
  publint: true,
  attw: { profile: 'esm-only', level: 'error' },
  outputOptions: {
    codeSplitting: {
      includeDependenciesRecursively: false,
      groups: [{ debugName: 'entries', name: chunkOf }],
    },
  },
})

interface ModuleGraph {
  getModuleInfo(id: string): { readonly importedIds: readonly string[] } | null
}

/**
 * Beside each entry one chunk of what it imports and no entry above it in the manifest does: each file that an import loads takes
 * it half a millisecond, and what is not needed takes longer. What is imported when it is first needed has chunks of its own.
 */
function chunkOf(id: string, graph: ModuleGraph): string | null {
  closures ??= Object.entries(entries(manifest)).map(([name, source]) => {
    const entry = resolve(source)
    return { name, entry, ids: importedBy(entry, graph) }
  })
  // An entry stays alone, as its chunk would give everybody what only the other chunks are to have.
  if (closures.some(({ entry }) => entry === id)) return null
  return closures.find(({ ids }) => ids.has(id))?.name.replaceAll('/', '-') ?? null
}

let closures:
  | readonly { readonly name: string; readonly entry: string; readonly ids: ReadonlySet<string> }[]
  | undefined

/** The module, and all that is loaded with it. */
function importedBy(entry: string, graph: ModuleGraph): ReadonlySet<string> {
  const ids = new Set([entry])
  for (const id of ids)
    for (const imported of graph.getModuleInfo(id)?.importedIds ?? []) ids.add(imported)
  return ids
}

/** './src/testing/index.ts' becomes the entry 'testing/index'. */
function entries({ exports }: Manifest): Record<string, string> {
  const sources = Object.values(exports).map((conditions) => conditions['@net/source'])
  return Object.fromEntries(sources.map((source) => [entryName(source), source]))
}

function entryName(source: string): string {
  return source.replace('./src/', '').replace(/\.ts$/u, '')
}
