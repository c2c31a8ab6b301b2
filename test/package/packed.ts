// Packs every package and installs one in an empty folder, as its users get it. The packages that it depends on come as
// tarballs too, through overrides.
import { execFileSync } from 'node:child_process'
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packages, root, type Package } from '@tools/workspace'

/** The tarballs of all packages, by package name. */
export type Tarballs = ReadonlyMap<string, string>

/** A folder that goes away with its owner. */
export interface TemporaryFolder extends Disposable {
  readonly path: string
}

/** An empty folder outside the repository. */
export function temporaryFolder(): TemporaryFolder {
  const path = mkdtempSync(join(tmpdir(), 'net-package-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

/** Packs every package into `folder`; they must be built. */
export function packAll(folder: string): Tarballs {
  return new Map(packages().map((of) => [of.name, packOne(of, folder)]))
}

/** Installs `name` in a folder of its own inside `folder`, and returns that one. */
export function installAlone(name: string, tarballs: Tarballs, folder: string): string {
  return install([name], tarballs, join(folder, `consumer-${name.replace('@net/', '')}`))
}

/** Installs all packages in one folder inside `folder`, and returns that one. */
export function installTogether(tarballs: Tarballs, folder: string): string {
  return install([...tarballs.keys()], tarballs, join(folder, 'consumer'))
}

/** Runs a program in a folder; returns what it printed, throws with all that it printed if it fails. */
export function run(program: string, args: readonly string[], cwd: string): string {
  // On Windows npm and pnpm are scripts of its shell.
  const shell = process.platform === 'win32'
  const stdio = ['ignore', 'pipe', 'pipe'] as const
  return execFileSync(program, args, { cwd, encoding: 'utf8', stdio: [...stdio], shell })
}

function install(names: readonly string[], tarballs: Tarballs, consumer: string): string {
  mkdirSync(consumer)
  const files = [...tarballs].map(
    ([name, file]) => [name, `file:${file.replaceAll('\\', '/')}`] as const,
  )
  const manifest = {
    name: 'consumer',
    private: true,
    dependencies: Object.fromEntries(files.filter(([name]) => names.includes(name))),
    overrides: Object.fromEntries(files.filter(([name]) => !names.includes(name))),
    devDependencies: {
      ...Object.assign({}, ...names.map(peers)),
      '@types/node': typesVersion(),
    },
  }
  writeFileSync(join(consumer, 'package.json'), JSON.stringify(manifest))
  run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], consumer)
  return consumer
}

function packOne(of: Package, folder: string): string {
  const target = join(folder, of.short)
  mkdirSync(target)
  run('pnpm', ['pack', '--pack-destination', target], of.folder)
  const [tarball] = globSync('*.tgz', { cwd: target })
  if (tarball === undefined) throw new Error(`${of.name} was not packed`)
  return join(target, tarball)
}

/** What an entry of the package may need, though the main one does not. */
function peers(name: string): Readonly<Record<string, string>> {
  const file = join(root, 'packages', name.replace('@net/', ''), 'package.json')
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as {
    readonly peerDependencies?: Readonly<Record<string, string>>
  }
  return manifest.peerDependencies ?? {}
}

function typesVersion(): string {
  const file = join(root, 'node_modules/@types/node/package.json')
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
}
