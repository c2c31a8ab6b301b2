// `pnpm graph`: what a package's main entry loads must not include a `testing/` file, a server half or node:assert.
// Each entry is loaded in a Node process of its own, whose module hook prints every file that it resolves.
import { spawnSync, type SpawnSyncReturns } from 'node:child_process'
import { join } from 'node:path'
import { finish } from '../workspace/generated.ts'
import { packages, root, type Package } from '../workspace/packages.ts'

const forbidden = /\/testing\/|-server\.ts$|^node:assert|^node:test/u

finish(packages().flatMap(complaintsOf))

function complaintsOf(checked: Package): string[] {
  return checked.entries
    .filter((entry) => !entry.path.startsWith('./testing'))
    .flatMap((entry) => {
      const { stdout, stderr, status } = load(join(checked.folder, entry.source))
      if (status !== 0) return [`${entry.specifier} does not load: ${stderr}`]
      const wrong = stdout.split('\n').filter((url) => forbidden.test(url))
      return wrong.map((url) => `${entry.specifier} loads ${url.replace(`file://${root}/`, '')}`)
    })
}

function load(file: string): SpawnSyncReturns<string> {
  const hook = join(import.meta.dirname, 'print-loaded.ts')
  const args = ['--conditions=@net/source', '--import', hook, file]
  return spawnSync(process.execPath, args, { encoding: 'utf8' })
}
