/*
 * Running a program to its end. When the call has ended (also by the caller, a limit or too much output), the
 * program has ended too; the error has its output until then.
 */

import type { Writable } from 'node:stream'

import { isNetError } from '@net/core'
import {
  addContext,
  copyOf,
  lastLine,
  openSourceAtOnce,
  PrintedOutput,
  printedWithoutSecrets,
  SMALL_CHUNK,
  traceToCaller,
  type OpenSource,
  type Printed,
  written,
} from '@net/core/authoring'

import { cancellationOf, CancelScope } from '../tasks/cancel-scope.ts'
import type { WaitOptions } from '../tasks/job.ts'
import { collectOutput } from './collect-output.ts'
import { startChild, type ChildGroup, type ProcessEnd } from './child-group.ts'
import { ProcessExitError } from './process-exit-error.ts'
import {
  planRun,
  type ProcessResult,
  type RunPlan,
  type RunProcessBytesOptions,
  type RunProcessOptions,
  runDoor,
} from './process-options.ts'

/**
 * Runs a program without a shell and resolves to what it printed and how it ended, also where it ended badly, unless
 * `check` is true. `signal` and `timeout` end it and what it started: SIGTERM, and SIGKILL after `grace`; what it
 * left in the background ends with it. A terminal's Ctrl-C does not reach it, only `signal` does.
 * The errors of `signal` and `timeout`, and `NET_PROTO_LIMIT`, have its output in `partial`.
 *
 * Rejects with `NET_LOCAL_IO` for a program that cannot be started, `ProcessExitError`, and what `input` throws.
 */
export function runProcess(
  command: string,
  args: readonly string[],
  options: RunProcessBytesOptions,
): Promise<ProcessResult<Uint8Array>>
export function runProcess(
  command: string,
  args?: readonly string[],
  options?: RunProcessOptions,
): Promise<ProcessResult>
export async function runProcess(
  command: string,
  args: readonly string[] = [],
  options?: RunProcessOptions,
): Promise<ProcessResult<string | Uint8Array>> {
  const taken = runDoor(options)
  const plan = planRun(command, args, taken)
  try {
    return await runToEnd(plan, taken)
  } catch (error) {
    if (isNetError(error)) traceToCaller(error)
    throw error
  }
}

async function runToEnd(
  plan: RunPlan,
  { signal, timeout }: WaitOptions,
): Promise<ProcessResult<string | Uint8Array>> {
  await using scope = new CancelScope({ signal, timeout })
  if (scope.cancelled) throw cancellationOf(scope)
  // A program whose input cannot be read would go on with none, and empty the file that it writes.
  const input = plan.input && (await openSourceAtOnce(plan.input))
  try {
    // A program that is not wanted any more is not begun.
    if (scope.cancelled) throw cancellationOf(scope)
    return await runWith(input, plan, scope)
  } finally {
    input?.close().catch(() => {})
  }
}

async function runWith(
  input: OpenSource | undefined,
  plan: RunPlan,
  scope: CancelScope,
): Promise<ProcessResult<string | Uint8Array>> {
  const child = await startChild(plan.child)
  const full = Promise.withResolvers<never>()
  const printed = new PrintedOutput('the process', plan.maxBytes, full.reject)
  try {
    collectOutput(child, printed, full.reject)
    const end = await Promise.race([endOf(child, input, scope), full.promise])
    return resultOf(end, printed.printed(plan.output), plan)
  } catch (error) {
    await child.stop()
    if (isNetError(error) && printed.size > 0 && !(error instanceof ProcessExitError)) {
      const partial = printedWithoutSecrets(printed.printed(plan.output))
      addContext(error, { partial, received: printed.size })
    }
    throw error
  }
}

function endOf(
  child: ChildGroup,
  input: OpenSource | undefined,
  scope: CancelScope,
): Promise<ProcessEnd> {
  return new Promise((resolve, reject) => {
    scope.onCancel(() => reject(cancellationOf(scope)))
    feed(child, input, scope).catch(reject)
    child.settle().then(() => child.exited.then(resolve), reject)
  })
}

async function feed(
  child: ChildGroup,
  input: OpenSource | undefined,
  scope: CancelScope,
): Promise<void> {
  const { stdin } = child
  if (stdin === null || input === undefined) return
  await using source = input
  const letGo = (): void => void source.close().catch(() => {})
  void child.exited.then(letGo)
  scope.onCancel(letGo)
  await write(source, stdin)
  // The program must not take for whole what was cut short: it gets a signal, and no end.
  if (!scope.cancelled) stdin.end()
}

async function write(source: OpenSource, stdin: Writable): Promise<void> {
  for await (const chunk of source.chunks()) {
    if (!stdin.writable) return
    // The source may reuse its buffer: a small chunk is copied, a larger one has been written when the next is requested.
    if (chunk.length > SMALL_CHUNK) await written(stdin, chunk)
    else if (!stdin.write(copyOf(chunk))) await drained(stdin)
  }
}

function drained(stdin: Writable): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      for (const event of ROOM) stdin.off(event, done)
      resolve()
    }
    for (const event of ROOM) stdin.on(event, done)
  })
}

function resultOf(
  end: ProcessEnd,
  printed: Printed,
  { check, child }: RunPlan,
): ProcessResult<string | Uint8Array> {
  const { exitCode, exitSignal } = end
  const result = { ...printed, exitCode, exitSignal }
  if (!check || exitCode === 0) return result
  const last = lastLine(printed.stderr)
  const how =
    exitSignal === undefined ? `ended with status ${exitCode}` : `was ended by ${exitSignal}`
  throw new ProcessExitError(
    exitSignal === undefined ? 'NET_EXIT_STATUS' : 'NET_EXIT_SIGNAL',
    {
      message: `${child.command} ${how}${last === '' ? '' : `: ${last}`}`,
      reply: { text: last, ...(exitCode === undefined ? {} : { status: exitCode }) },
    },
    result,
  )
}

const ROOM = ['drain', 'close'] as const
