// `pnpm release:rehearse`: the whole release of the last commit against a registry on this machine, by the commands of
// the release workflow: version, build, pack, publish; the site of that version; then each package installed from there.
// Works in a clone and leaves the repository as it is.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
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
import { text } from 'node:stream/consumers'
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
  await using registry = await startRegistry(join(folder, 'registry'))
  await cloneHead()
  const version = await versionPackages()
  await run('pnpm', ['build'], clone)
  await run('pnpm', ['api:check'], clone)
  await buildSite()
  await run('git', ['add', '--all'], clone)
  await run('git', ['commit', '--quiet', '-m', `Release ${version}`], clone)

  writeFileSync(join(clone, '.npmrc'), registry.npmrc('@net'))
  await run('pnpm', ['changeset', 'pack', '--out-dir', 'packed'], clone)
  await run('pnpm', ['changeset', 'publish', '--from-pack-dir', 'packed'], clone)
  for (const name of names) complain(await published(registry.url, name, version))
  await run('pnpm', ['changeset', 'publish-plan', '--output', 'left.json'], clone)
  const { plan } = JSON.parse(readFileSync(join(clone, 'left.json'), 'utf8')) as { plan: unknown[] }
  complain(plan.length === 0 ? [] : [`left to publish: ${JSON.stringify(plan)}`])
  const tags = (await run('git', ['tag', '--list'], clone)).trim().split('\n')
  const untagged = names.filter((name) => !tags.includes(`${name}@${version}`))
  complain(untagged.map((name) => `${name}@${version} has no tag`))
  for (const name of names) await installFrom(registry.npmrc('@net'), name, version)
  console.log(`rehearsed the release of ${names.length} packages at ${version}`)
}

/** The last commit, with what the workspace needs installed. */
async function cloneHead(): Promise<void> {
  const changed = await run('git', ['status', '--porcelain'], root)
  if (changed.trim() !== '') console.log('uncommitted changes are not part of the rehearsal')
  await run('git', ['clone', '--quiet', root, clone], folder)
  await run('git', ['config', 'user.name', 'rehearsal'], clone)
  await run('git', ['config', 'user.email', 'rehearsal@localhost'], clone)
  await run('pnpm', ['install', '--frozen-lockfile', '--prefer-offline'], clone)
}

/** Versions all packages; returns the version. Right after a release there is nothing to do, so it makes a reason. */
async function versionPackages(): Promise<string> {
  if (globSync('.changeset/*.md', { cwd: clone }).length === 0) {
    await run('pnpm', ['changeset', '--patch', names.join(','), '-m', 'Rehearsal'], clone)
  }
  await run('pnpm', ['release:version'], clone)
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

/** The documents as they are at the new version. */
async function buildSite(): Promise<void> {
  const docs = join(clone, 'docs')
  await run('pnpm', ['--dir', docs, 'install', '--frozen-lockfile', '--prefer-offline'], clone)
  await run('pnpm', ['--dir', docs, 'build'], clone)
  const pages = ['index', 'start', 'errors', 'guide/http'].map((name) => `dist/site/${name}.html`)
  const missing = pages.filter((page) => !existsSync(join(docs, page)))
  complain(missing.map((page) => `the site lacks ${page}`))
}

async function installFrom(npmrc: string, name: string, version: string): Promise<void> {
  const consumer = join(folder, 'consumers', name.replace('@net/', ''))
  mkdirSync(consumer, { recursive: true })
  writeFileSync(join(consumer, 'package.json'), '{ "private": true, "type": "module" }')
  writeFileSync(join(consumer, '.npmrc'), npmrc)
  await run(
    'npm',
    ['install', '--no-audit', '--no-fund', '--loglevel=error', `${name}@${version}`],
    consumer,
  )
  const names = await run(
    process.execPath,
    ['-p', `Object.keys(require('${name}')).length`],
    consumer,
  )
  complain(Number(names) > 0 ? [] : [`${name} exports nothing`])
}

function versionOf(at: string): string {
  return (JSON.parse(readFileSync(join(at, 'package.json'), 'utf8')) as { version: string }).version
}

/** Runs a step, and shows what it printed if it fails. Waits without blocking: the registry is in this process. */
async function run(program: string, args: readonly string[], cwd: string): Promise<string> {
  const step = `${program} ${args.join(' ')}`
  console.log(step)
  const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  const printed = Promise.all([text(child.stdout), text(child.stderr)])
  const [status] = (await once(child, 'close')) as [number | null]
  const [stdout, stderr] = await printed
  if (status !== 0) throw new Error(`${step} failed\n${stdout}${stderr}`)
  return stdout
}

function complain(complaints: readonly string[]): void {
  if (complaints.length > 0) throw new Error(complaints.join('\n'))
}
