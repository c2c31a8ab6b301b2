// Runs the Python examples of a guide by Debian's Python, each in a folder of its own.
import type { TestContext } from 'vitest'

import { lacking } from './daemon.ts'
import { runProgram } from './run-program.ts'

/** What an example does. */
export interface FenceOutcome {
  /** The lines that it prints. */
  readonly prints: readonly string[]
  /** What it says if it fails; else nothing. */
  readonly failure: string
}

/** Runs an example in `folder`; `ports` are those of the servers by those that are written in the guide. */
export async function runFence(
  code: string,
  folder: string,
  ports: ReadonlyMap<string, string>,
): Promise<FenceOutcome> {
  const written = new RegExp(String.raw`\b(?:${[...ports.keys()].join('|')})\b`, 'gu')
  const here = code.replace(written, (port) => ports.get(port) ?? '')
  const setting = `import os; os.chdir(${JSON.stringify(folder)}); os.environ["HOME"] = os.getcwd()`
  const { stdout, stderr, status } = await runProgram(PYTHON, ['-'], `${setting}\n${here}\n`)
  // Paramiko complains in stderr as Python ends, though all is well.
  return { prints: stdout.split('\n').slice(0, -1), failure: status === 0 ? '' : stderr }
}

/** Skips or fails the test that asks without Debian's Python and the modules that its examples import. */
export async function requirePython(
  context: Pick<TestContext, 'skip'>,
  modules: string,
): Promise<void> {
  const code = `import asyncio; asyncio.TaskGroup; import ${modules}`
  const found = await runProgram(PYTHON, ['-c', code]).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  })
  if (found?.status === 0) return
  const what =
    found === undefined
      ? `there is no ${PYTHON}`
      : `${PYTHON} lacks ${modules}, or is older than 3.11`
  lacking(context, `${what}; the list of what to install is in .ci/run`)
}

/** The one that Debian's packages of modules belong to; another may come first on a developer's PATH. */
export const PYTHON = '/usr/bin/python3'
