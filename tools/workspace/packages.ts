// The packages of the repository, read from their manifests: what every tool that walks them starts from.
import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The root of the repository. */
export const root: string = join(import.meta.dirname, '..', '..')

/** A published package: `core` of `@net/core`. */
export interface Package {
  readonly name: string
  readonly short: string
  /** Absolute. */
  readonly folder: string
  readonly entries: readonly Entry[]
}

/** A public entry of a package, such as `.` or `./testing`. */
export interface Entry {
  readonly path: string
  /** What users import. */
  readonly specifier: string
  /** Relative to the package's folder. */
  readonly source: string
}

/** Every folder of `packages/` with a manifest, by name. */
export function packages(): readonly Package[] {
  return globSync('packages/*/package.json', { cwd: root })
    .toSorted()
    .map((path) => readPackage(join(root, dirname(path))))
}

interface Manifest {
  readonly name: string
  readonly exports: Readonly<Record<string, { readonly '@net/source': string }>>
}

function readPackage(folder: string): Package {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
  const entries = Object.entries(manifest.exports).map(([path, conditions]) => ({
    path,
    specifier: manifest.name + path.slice(1),
    source: conditions['@net/source'],
  }))
  return { name: manifest.name, short: manifest.name.replace('@net/', ''), folder, entries }
}
