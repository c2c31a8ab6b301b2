// The files of a new protocol package, made of the templates beside this file. Knows where they go, and writes nothing.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Texts by their paths from the root. Throws for a name that cannot be a package's and a URL's scheme. */
export function skeleton(name: string): ReadonlyMap<string, string> {
  if (!/^[a-z][a-z0-9]{1,19}$/u.test(name)) {
    const rule = 'small letters and digits, a letter first'
    throw new Error(`"${name}" is no name such as pop3: ${rule}; write pnpm new-protocol <name>`)
  }
  const paths = globSync('**/*.txt', { cwd: templates }).toSorted()
  return new Map(
    paths.map((path) => [
      placeOf(named(path, name).replace(/\.txt$/u, ''), name),
      named(readFileSync(join(templates, path), 'utf8'), name),
    ]),
  )
}

/** The manifest with one more package of the workspace to depend on. */
export function dependingOn(manifest: string, name: string): string {
  const parsed = JSON.parse(manifest) as { dependencies: Record<string, string> }
  const dependencies = { ...parsed.dependencies, [`@net/${name}`]: 'workspace:*' }
  const sorted = Object.fromEntries(
    Object.entries(dependencies).toSorted(([a], [b]) => (a < b ? -1 : 1)),
  )
  return `${JSON.stringify({ ...parsed, dependencies: sorted }, null, 2)}\n`
}

/** The manifest of those that use every package. */
export const user = 'test/package.json'

function placeOf(path: string, name: string): string {
  if (path === 'program.ts') return `test/package/programs/${name}.ts`
  if (path === 'program-server.ts') return `test/package/programs/servers/${name}.ts`
  if (path === 'changeset.md') return `.changeset/${name}-first.md`
  return path.replace(/^package\//u, `packages/${name}/`)
}

function named(text: string, name: string): string {
  return text
    .replaceAll('__name__', name)
    .replaceAll('__Name__', name.charAt(0).toUpperCase() + name.slice(1))
    .replaceAll('__NAME__', name.toUpperCase())
}

const templates = join(import.meta.dirname, 'template')
