// `pnpm names`: no exported name equals a global of Node or of browsers, since an import would then hide it, and a
// forgotten import would go unnoticed. Reads the API texts in etc/.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { exportedNames } from '../api/exported.ts'
import { finish } from '../workspace/generated.ts'
import { root } from '../workspace/packages.ts'
import { globalNames } from './globals.ts'

const taken = globalNames()
const texts = globSync('etc/*.api.md', { cwd: root }).toSorted()
const complaints = texts.flatMap((path) =>
  exportedNames(readFileSync(join(root, path), 'utf8'))
    .filter((name) => taken.has(name) && !Object.hasOwn(allowed(), name))
    .map((name) => `${path}: ${name} is a global's name`),
)
finish(texts.length === 0 ? ['etc/ has no API text; run: pnpm api'] : complaints)

/** Names that are wanted all the same → why. */
function allowed(): Readonly<Record<string, string>> {
  return JSON.parse(readFileSync(join(import.meta.dirname, 'allowed.json'), 'utf8')) as Record<
    string,
    string
  >
}
