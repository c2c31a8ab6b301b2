// The build of every package; run with the package's folder as the working directory.
// Entries are read from the manifest, so that a new entry is written in one place.
import { readFileSync } from 'node:fs'
import { isAbsolute, parse, resolve } from 'node:path'
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
  getModuleInfo(id: string): ModuleLinks | null
}

interface ModuleLinks {
  readonly importedIds: readonly string[]
  readonly dynamicallyImportedIds: readonly string[]
}

/** What is loaded at once: an entry, or a module that is loaded when it is first needed, and all that it imports. */
interface Root {
  readonly id: string
  readonly name: string
  readonly ids: ReadonlySet<string>
}

/**
 * Beside each entry one chunk of what it imports and no entry above it in the manifest does, and likewise beside what is loaded
 * later: each file that an import loads takes it half a millisecond, and what is not needed takes longer.
 */
function chunkOf(id: string, graph: ModuleGraph): string | null {
  roots ??= rootsOf(graph)
  // A root stays alone, as its chunk would give everybody what only the other chunks are to have.
  if (roots.some((root) => root.id === id)) return null
  return roots.find(({ ids }) => ids.has(id))?.name ?? null
}

let roots: readonly Root[] | undefined

/** The entries in order, each before what it loads later. */
function rootsOf(graph: ModuleGraph): readonly Root[] {
  const found = new Map<string, Root>()
  const add = (id: string, name: string): void => {
    if (found.has(id)) return
    const ids = importedBy(id, graph)
    found.set(id, { id, name, ids })
    for (const each of ids)
      for (const later of graph.getModuleInfo(each)?.dynamicallyImportedIds ?? [])
        if (isAbsolute(later)) add(later, parse(later).name)
  }
  for (const [name, source] of Object.entries(entries(manifest)))
    add(resolve(source), name.replaceAll('/', '-'))
  return [...found.values()]
}

/** The module, and all that is loaded with it. */
function importedBy(id: string, graph: ModuleGraph): ReadonlySet<string> {
  const ids = new Set([id])
  for (const each of ids)
    for (const imported of graph.getModuleInfo(each)?.importedIds ?? []) ids.add(imported)
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
