// `pnpm mirror`: every source file of a package or app has a test of the same name, and every test a source.
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { finish } from '../workspace/generated.ts'
import { root } from '../workspace/packages.ts'
import { compare } from './compare.ts'

const folders = globSync(['packages/*', 'apps/*'], { cwd: root }).filter((folder) =>
  existsSync(join(root, folder, 'package.json')),
)

finish(folders.toSorted().flatMap(complaintsOf))

function complaintsOf(folder: string): string[] {
  const src = join(root, folder, 'src')
  const sources = new Map(
    globSync('**/*.ts', { cwd: src, exclude: ['**/*.d.ts'] }).map((path) => [
      path,
      readFileSync(join(src, path), 'utf8'),
    ]),
  )
  const tests = globSync('**/*.test.ts', { cwd: join(root, folder, 'test') })
  return compare(sources, tests).map((complaint) => `${folder}: ${complaint}`)
}
