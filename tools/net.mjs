// `pnpm net`: runs the command as a bundle, which it builds when the sources have changed. Loading the 700 source modules
// takes longer, and 30 MiB more. Plain JavaScript, because Node's type stripping costs memory as well.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const root = join(import.meta.dirname, '..')
const folder = join(root, 'node_modules/.cache/net', nameOfSources())
if (!existsSync(folder)) make()
await import(pathToFileURL(join(folder, 'main.cjs')).href)

/** A name that changes whenever a source of the bundle changes. */
function nameOfSources() {
  const packages = readdirSync(join(root, 'packages')).map((name) => join('packages', name))
  const hash = createHash('sha256')
  /** @param {string} path */
  const add = (path) => {
    const { mtimeMs, size } = statSync(join(root, path))
    hash.update(`${path} ${mtimeMs} ${size}\n`)
  }
  for (const home of ['apps/cli', ...packages]) {
    // An older commit may have left an empty folder.
    if (!existsSync(join(root, home, 'package.json'))) continue
    add(join(home, 'package.json'))
    const names = readdirSync(join(root, home, 'src'), { encoding: 'utf8', recursive: true })
    for (const name of names.toSorted()) if (name.endsWith('.ts')) add(join(home, 'src', name))
  }
  for (const path of [
    'pnpm-lock.yaml',
    'tools/net/main.ts',
    'tools/net/settings.ts',
    'tools/net/parts.ts',
  ])
    add(path)
  return hash.digest('hex').slice(0, 16)
}

function make() {
  const { status, error } = spawnSync(process.execPath, [join(root, 'tools/net/main.ts'), folder], {
    stdio: ['ignore', 2, 2],
  })
  if (error !== undefined) throw error
  if (status !== 0) process.exit(status ?? 1)
}
