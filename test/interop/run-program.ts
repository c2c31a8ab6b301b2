// A program that is run to its end, with what it read and printed.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'

/** How a program ended. */
export interface Ended {
  readonly stdout: string
  readonly stderr: string
  /** Null if a signal ended it. */
  readonly status: number | null
}

/** Runs it; `input` is what it reads. */
export async function runProgram(
  program: string,
  args: readonly string[],
  input: string | Uint8Array = '',
): Promise<Ended> {
  const child = spawn(program, args, { stdio: 'pipe' })
  // It may end without having read.
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  const [stdout, stderr] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ])
  return { stdout, stderr, status: child.exitCode }
}
