// `pnpm api`: writes `etc/<package>.<entry>.api.md`, the public API as text (or compares it, with --check). Fails when
// an engine's name shows in it, or when it differs from the last release and no changeset says so. With --released it
// notes the API as that of a release: `pnpm release:version` does.
import { createHash } from 'node:crypto'
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { finish, generated } from '../workspace/generated.ts'
import { engines, packages, root, type Entry, type Package } from '../workspace/packages.ts'
import { engineLines } from './exported.ts'
import { unannounced, type Digests } from './released.ts'
import { rollup } from './rollup.ts'

const released = join(root, 'etc/released.json')
const complaints: string[] = []
const digests: Record<string, string> = {}
for (const of of packages()) {
  const texts: string[] = []
  for (const entry of of.entries) {
    const api = await rollup(of.folder, entry.source).catch(String)
    complaints.push(...check(of, entry, api))
    texts.push(entry.specifier, api)
  }
  digests[of.name] = createHash('sha256').update(texts.join('\n')).digest('hex')
}
if (process.argv.includes('--released')) {
  writeFileSync(released, `${JSON.stringify(digests, null, 2)}\n`)
} else {
  const before = JSON.parse(readFileSync(released, 'utf8')) as Digests
  complaints.push(
    ...unannounced(digests, before, changesets()).map(
      (name) => `${name} differs from its last release; run: pnpm changeset`,
    ),
  )
}
finish(complaints, 'run: pnpm api')

function check(of: Package, entry: Entry, api: string): string[] {
  if (api.startsWith('Error')) return [`${entry.specifier} has no declarations: ${api}`]
  const name = entry.path === '.' ? 'index' : entry.path.replace('./', '').replaceAll('/', '-')
  const stale = generated(
    `etc/${of.short}.${name}.api.md`,
    `# ${entry.specifier}\n\n\`\`\`ts\n${api}\n\`\`\`\n`,
  )
  return [
    ...(stale === undefined ? [] : [stale]),
    ...engineLines(api, engines()).map(
      (line) => `${entry.specifier} shows an engine: ${line.trim()}`,
    ),
  ]
}

function changesets(): string[] {
  return globSync('.changeset/*.md', { cwd: root }).map((path) =>
    readFileSync(join(root, path), 'utf8'),
  )
}
