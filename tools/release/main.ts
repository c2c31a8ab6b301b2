// `pnpm release:rehearse`: the whole release of the last commit against a registry on this machine, by the commands of
// the release workflow: version, build, pack, publish; then each package installed from there. Works in a clone and
// leaves the repository as it is.
import { execFileSync } from 'node:child_process'
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packages, root } from '../workspace/packages.ts'
import { published } from './published.ts'
import { startRegistry } from './registry.ts'

const folder = mkdtempSync(join(tmpdir(), 'net-release-'))
const clone = join(folder, 'clone')
const names = packages().map(({ name }) => name)

try {
  await rehearse()
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function rehearse(): Promise<void> {
  await using registry = await startRegistry(
    mkdirSync(join(folder, 'registry'), { recursive: true }) ?? folder,
  )
  cloneHead()
  const version = versionPackages()
  run('pnpm', ['build'], clone)
  run('pnpm', ['api:check'], clone)
  run('git', ['add', '--all'], clone)
  run('git', ['commit', '--quiet', '-m', `Release ${version}`], clone)

  writeFileSync(join(clone, '.npmrc'), registry.npmrc('@net'))
  run('pnpm', ['changeset', 'pack', '--out-dir', 'packed'], clone)
  run('pnpm', ['changeset', 'publish', '--from-pack-dir', 'packed'], clone)
  for (const name of names) complain(await published(registry.url, name, version))
  const tags = run('git', ['tag', '--list'], clone).trim().split('\n')
  const untagged = names.filter((name) => !tags.includes(`${name}@${version}`))
  complain(untagged.map((name) => `${name}@${version} has no tag`))
  for (const name of names) installFrom(registry.npmrc('@net'), name, version)
  console.log(`rehearsed the release of ${names.length} packages at ${version}`)
}

/** The last commit, with what the workspace needs installed. */
function cloneHead(): void {
  const changed = run('git', ['status', '--porcelain'], root).trim()
  if (changed !== '') console.log('uncommitted changes are not part of the rehearsal')
  run('git', ['clone', '--quiet', root, clone], folder)
  run('git', ['config', 'user.name', 'rehearsal'], clone)
  run('git', ['config', 'user.email', 'rehearsal@localhost'], clone)
  run('pnpm', ['install', '--frozen-lockfile', '--prefer-offline'], clone)
}

/** Versions all packages; returns the version. Right after a release there is nothing to do, so it makes a reason. */
function versionPackages(): string {
  if (globSync('.changeset/*.md', { cwd: clone }).length === 0) {
    run('pnpm', ['changeset', '--patch', names.join(','), '-m', 'Rehearsal'], clone)
  }
  run('pnpm', ['release:version'], clone)
  const versions = packages().map(({ short }) => versionOf(join(clone, 'packages', short)))
  const [version = ''] = versions
  complain(
    versions.every((each) => each === version) ? [] : [`versions differ: ${versions.join(' ')}`],
  )
  complain(version === versionOf(packages()[0]?.folder ?? '') ? [`still at ${version}`] : [])
  for (const { short } of packages()) {
    const file = join(clone, 'packages', short, 'CHANGELOG.md')
    const told = existsSync(file) && readFileSync(file, 'utf8').includes(`## ${version}`)
    complain(told ? [] : [`the CHANGELOG of ${short} does not tell of ${version}`])
  }
  return version
}

function installFrom(npmrc: string, name: string, version: string): void {
  const consumer = join(folder, 'consumers', name.replace('@net/', ''))
  mkdirSync(consumer, { recursive: true })
  writeFileSync(join(consumer, 'package.json'), '{ "private": true, "type": "module" }')
  writeFileSync(join(consumer, '.npmrc'), npmrc)
  run(
    'npm',
    ['install', '--no-audit', '--no-fund', '--loglevel=error', `${name}@${version}`],
    consumer,
  )
  const names = run(process.execPath, ['-p', `Object.keys(require('${name}')).length`], consumer)
  complain(Number(names) > 0 ? [] : [`${name} exports nothing`])
}

function versionOf(at: string): string {
  return (JSON.parse(readFileSync(join(at, 'package.json'), 'utf8')) as { version: string }).version
}

/** Runs a step, and shows what it printed if it fails. */
function run(program: string, args: readonly string[], cwd: string): string {
  console.log(`${program} ${args.join(' ')}`)
  try {
    return execFileSync(program, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string }
    console.error(`${stdout ?? ''}${stderr ?? ''}`)
    throw error
  }
}

function complain(complaints: readonly string[]): void {
  if (complaints.length > 0) throw new Error(complaints.join('\n'))
}
