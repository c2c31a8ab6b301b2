/*
 * What all commands share: Ctrl-C aborts, an error of ours is one line and an exit code, wrong arguments are the usage.
 */

import type { Writable } from 'node:stream'
import { parseArgs, type ParseArgsConfig } from 'node:util'

import { isAbort, isNetError } from '@net/core'

import type { Screen } from '../screen.ts'

/** Where a command writes: the document to `out`, everything about it to `messages`. */
export interface CommandStreams {
  readonly out: Writable
  readonly messages: Screen
}

/** The command cannot go on because of how it was called: its message is the line to print. */
export class UsageError extends Error {
  readonly exitCode: number

  constructor(message: string, exitCode = 2) {
    super(message)
    this.exitCode = exitCode
  }
}

/** Runs a command's work; returns its exit code, 1 if it failed, 130 if it was interrupted. */
export async function runCommand(
  streams: CommandStreams,
  work: (signal: AbortSignal) => Promise<number>,
): Promise<number> {
  const interrupted = new AbortController()
  const onInterrupt = (): void => interrupted.abort('interrupted')
  process.once('SIGINT', onInterrupt)
  try {
    return await work(interrupted.signal)
  } catch (error) {
    if (error instanceof UsageError) {
      streams.messages.write(`${error.message}\n`)
      return error.exitCode
    }
    // The reader of a pipe has left, such as `head`: nothing is wrong.
    if (error instanceof Error && 'code' in error && error.code === 'EPIPE') return 0
    if (!isNetError(error) && !isOfSystem(error)) throw error
    streams.messages.write(`${error.message}\n`)
    return isAbort(error) ? 130 : 1
  } finally {
    process.off('SIGINT', onInterrupt)
  }
}

/** What the system says, such as of standard output on a full disk. */
function isOfSystem(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error
}

/** The arguments as `parseArgs` reads them; undefined if they are wrong, once the usage has been told. */
export function readArguments<T extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  options: T,
  { messages, usage }: { readonly messages: Screen; readonly usage: string },
):
  | {
      readonly values: ReturnType<typeof parseArgs<{ options: T }>>['values']
      readonly positionals: readonly string[]
    }
  | undefined {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options })
  } catch (error) {
    // What parseArgs throws says only that the arguments are wrong; the usage says how they are right.
    if (!(error instanceof TypeError)) throw error
    messages.write(`${usage}\n`)
    return undefined
  }
}
