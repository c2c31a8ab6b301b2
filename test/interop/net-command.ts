// The net command as people have it: a process of its own, with its own environment and home.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

import { root } from '@tools/workspace'

import type { Ended } from './run-program.ts'

/** What a run has around it. */
export interface NetRun {
  readonly env?: Readonly<Record<string, string>>
  readonly input?: string
}

/** The words that start it. */
export const netCommand: readonly string[] = [
  process.execPath,
  '--conditions=@net/source',
  join(root, 'apps/cli/src/main.ts'),
]

/** An environment without settings of the person who runs the tests. */
export function netEnvironment(home: string): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '', HOME: home, NO_COLOR: '1' }
}

/** Runs it to its end. */
export async function net(
  args: readonly string[],
  { env = {}, input = '' }: NetRun = {},
): Promise<Ended> {
  const child = startNet(args, env)
  child.stdin?.on('error', () => {})
  child.stdin?.end(input)
  const [stdout, stderr] = await Promise.all([
    text(child.stdout!),
    text(child.stderr!),
    once(child, 'exit'),
  ])
  return { stdout, stderr, status: child.exitCode }
}

/** Starts it. */
export function startNet(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): ChildProcess {
  const [program = '', ...first] = netCommand
  return spawn(program, [...first, ...args], {
    stdio: 'pipe',
    env: { ...netEnvironment('/nowhere'), ...env },
  })
}
