// The packages of the repository, read from their manifests: what every tool that walks them starts from.
import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The root of the repository. */
export const root: string = join(import.meta.dirname, '..', '..')

/** A published package: `core` of `@net/core`. */
export interface Package {
  readonly name: string
  readonly short: string
  /** One sentence. */
  readonly description: string
  /** Absolute. */
  readonly folder: string
  readonly entries: readonly Entry[]
  /** Its storey, as `turbo.json` names it: `protocol`. */
  readonly storey: string
  /** The published packages that it stands on, by name. */
  readonly engines: readonly string[]
}

/** A public entry of a package, such as `.` or `./testing`. */
export interface Entry {
  readonly path: string
  /** What users import. */
  readonly specifier: string
  /** Relative to the package's folder. */
  readonly source: string
}

/** Every folder of `packages/` with a manifest, the lowest storey first, then by name. */
export function packages(): readonly Package[] {
  const order = storeys()
  return globSync('packages/*/package.json', { cwd: root })
    .toSorted()
    .map((path) => readPackage(join(root, dirname(path))))
    .toSorted((a, b) => order.indexOf(a.storey) - order.indexOf(b.storey))
}

/** The names of all published packages that ours stand on. */
export function engines(): readonly string[] {
  return packages().flatMap((of) => of.engines)
}

interface Manifest {
  readonly name: string
  readonly description: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly exports: Readonly<Record<string, { readonly '@net/source': string }>>
}

function readPackage(folder: string): Package {
  const manifest = json(join(folder, 'package.json')) as Manifest
  const entries = Object.entries(manifest.exports).map(([path, conditions]) => ({
    path,
    specifier: manifest.name + path.slice(1),
    source: conditions['@net/source'],
  }))
  const { tags } = json(join(folder, 'turbo.json')) as { readonly tags: readonly string[] }
  const below = Object.keys(manifest.dependencies ?? {})
  return {
    name: manifest.name,
    description: manifest.description,
    short: manifest.name.replace('@net/', ''),
    folder,
    entries,
    storey: tags[0] ?? '',
    engines: below.filter((name) => !name.startsWith('@net/')),
  }
}

/** The storeys, the lowest first: the tags of the root's `turbo.json`. */
function storeys(): readonly string[] {
  const turbo = json(join(root, 'turbo.json')) as { boundaries: { tags: object } }
  return Object.keys(turbo.boundaries.tags)
}

/** A file of JSON, with lines of comment or without. */
function json(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8').replaceAll(/^\s*\/\/.*$/gmu, ''))
}
