/* Builds the bundle that `pnpm net` runs, from the sources, into the given folder. */

import { readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { root } from '@tools/workspace'
import { build } from 'tsdown'

import { settings } from './settings.ts'

const A_DAY = 86_400_000

const [folder = ''] = process.argv.slice(2)
const { version } = JSON.parse(readFileSync(join(root, 'apps/cli/package.json'), 'utf8')) as {
  readonly version: string
}
const making = `${folder}-${process.pid}`
await build({
  ...settings,
  config: false,
  cwd: join(root, 'apps/cli'),
  entry: { main: 'src/main.ts' },
  outDir: making,
  fixedExtension: true,
  define: { NET_VERSION: JSON.stringify(version) },
  inputOptions: { resolve: { conditionNames: ['@net/source', 'import', 'node'] } },
  logLevel: 'error',
})
try {
  renameSync(making, folder)
} catch {
  // Another run has made the same bundle in the meantime.
  rmSync(making, { recursive: true })
}
removeOlder()

/** A command that runs for long may still load parts of an older bundle. */
function removeOlder(): void {
  const all = dirname(folder)
  for (const name of readdirSync(all)) {
    const path = join(all, name)
    if (Date.now() - statSync(path).mtimeMs > A_DAY) rmSync(path, { recursive: true, force: true })
  }
}
