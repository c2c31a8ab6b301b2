// The versions of Node that published packages promise to run on: the oldest, the workspace's, the newest. The others than
// the workspace's are installed beside their own lockfile, at the first use.
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

/** A version of Node by what it is to us. */
export interface NodeVersion {
  readonly name: 'oldest' | 'workspace' | 'newest'
  readonly program: string
}

/** All of them, oldest first. */
export function nodes(): readonly NodeVersion[] {
  const flags = ['install', '--frozen-lockfile', '--ignore-workspace']
  execFileSync('pnpm', flags, { cwd: import.meta.dirname, stdio: 'ignore' })
  return [
    { name: 'oldest', program: installed('oldest') },
    { name: 'workspace', program: process.execPath },
    { name: 'newest', program: installed('newest') },
  ]
}

function installed(name: string): string {
  const platform = `${name}-${process.platform}-${process.arch}`
  return join(import.meta.dirname, 'node_modules', platform, 'bin/node')
}
