// `pnpm api`: writes `etc/<package>.<entry>.api.md`, the public API as text (or compares it, with --check). Fails when
// an engine's name shows in it.
import { finish, generated } from '../workspace/generated.ts'
import { packages, type Entry, type Package } from '../workspace/packages.ts'
import { engineLines } from './exported.ts'
import { rollup } from './rollup.ts'

const complaints: string[] = []
for (const of of packages()) {
  for (const entry of of.entries) {
    const api = await rollup(of.folder, entry.source).catch(String)
    complaints.push(...check(of, entry, api))
  }
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
    ...engineLines(api).map((line) => `${entry.specifier} shows an engine: ${line.trim()}`),
  ]
}
