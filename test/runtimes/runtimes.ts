// The runtimes that the packages are tried on. Those beside Node are installed beside a lockfile of their own, at the first use.
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

/** A program that runs JavaScript. */
export interface Runtime {
  /** With its version. */
  readonly title: string
  readonly program: string
  /** What stands before the file. */
  readonly flags: readonly string[]
}

/** The one that runs this. */
export const thisNode: Runtime = {
  title: `Node ${process.versions.node}`,
  program: process.execPath,
  flags: [],
}

/** Node first. */
export function runtimes(): readonly Runtime[] {
  execFileSync('pnpm', ['install', '--frozen-lockfile', '--ignore-workspace'], {
    cwd: import.meta.dirname,
    stdio: 'ignore',
  })
  return [
    thisNode,
    runtime('Bun', installed(BUN, 'bin/bun'), ['run']),
    runtime('Deno', installed(DENO, 'deno'), ['run', '--allow-all', '--no-prompt']),
  ]
}

function runtime(name: string, program: string, flags: readonly string[]): Runtime {
  const text = execFileSync(program, ['--version'], { encoding: 'utf8' })
  return { title: `${name} ${/\d+\.\d+\.\d+/u.exec(text)?.[0]}`, program, flags }
}

function installed(names: Readonly<Record<string, string>>, file: string): string {
  const name = names[process.arch]
  if (name === undefined) throw new Error(`npm ships none for ${process.arch}`)
  return join(import.meta.dirname, 'node_modules', name, file)
}

const BUN = { x64: '@oven/bun-linux-x64', arm64: '@oven/bun-linux-aarch64' }
const DENO = { x64: '@deno/linux-x64-glibc', arm64: '@deno/linux-arm64-glibc' }
