// The build of every package; run with the package's folder as the working directory.
// Entries are read from the manifest, so that a new entry is written in one place.
import { readFileSync } from 'node:fs'
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
})

/** './src/testing/index.ts' becomes the entry 'testing/index'. */
function entries({ exports }: Manifest): Record<string, string> {
  const sources = Object.values(exports).map((conditions) => conditions['@net/source'])
  return Object.fromEntries(sources.map((source) => [entryName(source), source]))
}

function entryName(source: string): string {
  return source.replace('./src/', '').replace(/\.ts$/u, '')
}
