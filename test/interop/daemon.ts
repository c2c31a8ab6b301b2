// Finds the programs that interop tests talk to. One that is missing fails the test where CI is set, and skips it with
// a reason on a developer's machine.
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { TestContext } from 'vitest'

/** The absolute path of a program such as `nginx`; skips or fails the test that asks if there is none. */
export function requireDaemon(context: Pick<TestContext, 'skip'>, name: string): string {
  const path = findDaemon(name)
  if (path !== undefined) return path
  return lacking(context, `${name} is not installed; the list of what to install is in .ci/run`)
}

/** Skips or fails the test that asks unless root runs it. */
export function requireRoot(context: Pick<TestContext, 'skip'>, name: string): void {
  if (process.getuid?.() !== 0) lacking(context, `${name} must be started by root`)
}

/** Skips the test, or fails it where CI is set. */
export function lacking(context: Pick<TestContext, 'skip'>, reason: string): never {
  if (process.env['CI'] !== undefined) throw new Error(reason)
  return context.skip(reason)
}

/** The absolute path of a program, if it is installed. */
export function findDaemon(name: string): string | undefined {
  // Daemons live in sbin, which is not on every user's PATH.
  const folders = [
    ...(process.env['PATH'] ?? '').split(delimiter),
    '/usr/sbin',
    '/usr/local/sbin',
    '/sbin',
  ]
  return folders.map((folder) => join(folder, name)).find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error) return false
    throw error
  }
}
