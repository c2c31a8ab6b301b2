/*
 * A whole program: one block, cancelled by Ctrl-C or SIGTERM, and an exit code. Only this file touches the process's
 * signals, exit code and standard error.
 */

import { constants } from 'node:os'
import { setTimeout as afterRealTime } from 'node:timers'

import { isNetError } from '@net/core'
import {
  clock,
  harmless,
  isError,
  netError,
  option,
  redact,
  type Taken,
  thrownMessage,
  thrownStack,
  writeText,
} from '@net/core/authoring'

import { blockTable, doorOf } from '../doors.ts'
import { dumpTasks } from '../inspection/dump-tasks.ts'
import type { BlockOptions } from './job.ts'
import { jobOf } from '../option-checks.ts'
import { RunningGroup } from '../groups/running-group.ts'
import { listenTo } from './signals.ts'
import type { TaskGroup } from '../groups/task-group.ts'

/** A program: what it returns is its exit code, nothing means 0. Its context is a task group. */
export type Main = (group: TaskGroup) => PromiseLike<number | void>

/** Options of `run`. */
export interface RunOptions extends BlockOptions {
  /** Which signals of the operating system end the program; default SIGINT, which is Ctrl-C, and SIGTERM. */
  readonly signals?: readonly NodeJS.Signals[] | undefined
  /** The signal that prints the tree of tasks to standard error; default SIGQUIT, which is Ctrl-\; false for none. */
  readonly dumpSignal?: NodeJS.Signals | false | undefined
}

/**
 * Runs the program to its end and resolves to its exit code, which is that of the process from then on: what `main`
 * returned, 1 if it failed, 128 and the number of the signal (130, 143) if it was stopped and did not return a number.
 * A failure is printed to standard error, errors of these packages as one sentence, others with their stack.
 *
 * The first signal aborts `main`, which has `grace` (default 10 s) to end; tasks that take longer are printed and left
 * behind. A second signal exits at once. A stopped program whose handles are not closed exits a second after its end.
 * Rejects only with `NET_BAD_OPTION`, and `NET_BUSY` while another `run` goes on.
 */
export async function run(main: Main, options?: RunOptions): Promise<number> {
  const program = new Program(jobOf('main', main), options)
  if (running) throw netError('NET_BUSY', { message: 'a process has one run at a time' })
  running = true
  try {
    return await program.run()
  } finally {
    running = false
  }
}

class Program {
  readonly #main: Main
  readonly #options: Taken<RunOptions>
  readonly #signals: readonly NodeJS.Signals[]
  readonly #dumpSignals: readonly NodeJS.Signals[]
  #group: RunningGroup | undefined
  #stopped: NodeJS.Signals | undefined
  #leaked = false

  constructor(main: Main, options: RunOptions | undefined) {
    const taken = runDoor(options)
    const { signals = ['SIGINT', 'SIGTERM'], dumpSignal: dump = 'SIGQUIT' } = taken
    this.#main = main
    this.#options = taken
    this.#signals = signals
    this.#dumpSignals = dump === false ? [] : [dump]
  }

  async run(): Promise<number> {
    using _stop = listenTo(this.#signals, (name) => this.#stop(name))
    using _dump = listenTo(this.#dumpSignals, () => print(dumpTasks()))
    // A program that waits for something that holds no handle would end in the middle.
    const hold = clock().after(Infinity, () => {})
    try {
      // Not earlier: its limit and its signal would be left behind by a program that does not begin.
      const group = new RunningGroup(this.#options)
      this.#group = group
      const returned = await this.#ended(group)
      const code = returned ?? (this.#stopped === undefined ? 0 : codeOf(this.#stopped))
      process.exitCode = code
      if (this.#stopped !== undefined || this.#leaked) exitSoon(code)
      return code
    } finally {
      hold.clear()
    }
  }

  async #ended(group: RunningGroup): Promise<number | undefined> {
    try {
      const returned = await group.run(() => this.#main(group))
      return returned === undefined ? undefined : exitCode(returned)
    } catch (error) {
      print(told(error))
      this.#leaked = leaked(error)
      if (this.#leaked) print(dumpTasks())
      return this.#stopped === undefined ? 1 : undefined
    }
  }

  #stop(name: NodeJS.Signals): void {
    if (this.#stopped !== undefined) process.exit(codeOf(name))
    this.#stopped = name
    this.#group?.cancel(netError('NET_ABORTED', { message: `stopped by ${name}` }))
  }
}

function exitCode(returned: unknown): number {
  if (Number.isInteger(returned) && Number(returned) >= 0 && Number(returned) <= 255) {
    return Number(returned)
  }
  throw netError('NET_BAD_OPTION', {
    message: 'the function must return an exit code from 0 to 255, or nothing',
  })
}

function codeOf(name: NodeJS.Signals): number {
  return 128 + constants.signals[name]
}

function leaked(error: unknown): boolean {
  if (!isNetError(error)) return false
  return error.code === 'NET_TASK_LEAKED' || (error.errors ?? []).some(leaked)
}

/** An expected error is printed as one sentence, an unexpected one with its stack. */
function told(error: unknown): string {
  if (!isNetError(error)) {
    return redact(isError(error) ? thrownStack(error) : `thrown: ${thrownMessage(error)}`)
  }
  const others = (error.errors ?? []).map((each) => `  ${harmless(String(each))}`)
  return [error.message, ...others].join('\n')
}

function print(text: string): void {
  writeText(process.stderr, `${text}\n`)
}

/** Real time, and no handle: this is about a process that something forgotten keeps open. */
function exitSoon(code: number): void {
  afterRealTime(() => process.exit(code), LINGER).unref()
}

const LINGER = 1000
let running = false

const runDoor = doorOf<RunOptions>('run', {
  ...blockTable,
  signals: option.list(option.anything),
  dumpSignal: option.anything,
})
