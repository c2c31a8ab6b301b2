// The versions of Node and TypeScript that packages promise to work with, beside those of the workspace. They are
// installed beside their own lockfiles, at the first use.
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { root } from '@tools/workspace'
import { nodes as allNodes } from '../node/nodes.ts'

/** A program of some version. */
export interface Version {
  readonly version: string
  /** The program and what comes before its arguments. */
  readonly command: readonly [program: string, ...first: string[]]
}

/** The oldest Node, the workspace's and the newest. */
export function nodes(): readonly Version[] {
  return allNodes().map(({ program }) => ({
    version: execFileSync(program, ['--version'], { encoding: 'utf8' }).trim(),
    command: [program],
  }))
}

/** The oldest TypeScript that the declarations are for, the last one written in JavaScript, and the workspace's. */
export function compilers(): readonly Version[] {
  const cwd = join(root, 'test/package/compilers')
  execFileSync('pnpm', ['install', '--frozen-lockfile'], { cwd, stdio: 'ignore' })
  const older = ['5.5', '5.9'].map((version): Version => {
    const script = join(cwd, 'node_modules', `typescript-${version}/bin/tsc`)
    return { version, command: [process.execPath, script] }
  })
  return [...older, { version: '7.0', command: [join(root, 'node_modules/.bin/tsc')] }]
}
