/*
 * Running a command to its end. When the wait ends early (by the caller, a limit, too much output), the command is stopped
 * step by step, and the error has what it printed until then.
 */

import { isNetError, type CallDefaults, type Source } from '@net/core'
import {
  addContext,
  clock,
  lastLine,
  netError,
  openSourceAtOnce,
  PrintedOutput,
  printedWithoutSecrets,
  type Attempt,
  type OpenSource,
  type Operation,
  type Printed,
  type Taken,
} from '@net/core/authoring'

import type { ExecOptions, ExecResult } from './client-options.ts'
import { feed, writeLimit } from './command-input.ts'
import {
  checkCwd,
  commandLine,
  commandText,
  refuseLong,
  variablesOf,
  type CommandText,
  type Variable,
} from './command-line.ts'
import type { ChannelPlace } from './engine/session-places.ts'
import type { SshSession } from './engine/ssh2.ts'
import type { CommandEnd, RemoteCommand } from './engine/ssh2-command.ts'
import { ChannelClosedError } from './engine/ssh2-refusal.ts'
import { SshExitError } from './errors.ts'

/** What is to be run, checked. */
export interface ExecPlan {
  readonly command: CommandText
  readonly variables: readonly Variable[]
  readonly cwd: string | undefined
  readonly input: string | Source | undefined
  /** How long the command may leave its input untouched, in milliseconds. */
  readonly write: number
  readonly check: boolean
  readonly maxBytes: number
  readonly output: 'text' | 'bytes'
}

/** What is to be run, given options that passed their door. Throws ArgumentErrors. */
export function planExec(
  command: string | readonly string[],
  options: Taken<ExecOptions>,
  defaults?: CallDefaults,
): ExecPlan {
  const { cwd, env, input, check = false, maxBytes = MAX_BYTES, output = 'text' } = options
  if (cwd !== undefined) checkCwd(cwd)
  return {
    command: commandText(command),
    variables: variablesOf(env),
    cwd,
    input,
    write: writeLimit(options.timeout, defaults?.timeout),
    check,
    maxBytes,
    output,
  }
}

/** One command from its start to its end. */
export class CommandCall {
  readonly #session: SshSession
  readonly #plan: ExecPlan
  readonly #op: Operation
  readonly #collector: PrintedOutput
  #input: string | OpenSource | undefined

  constructor(session: SshSession, plan: ExecPlan, op: Operation) {
    this.#session = session
    this.#plan = plan
    this.#op = op
    this.#collector = new PrintedOutput('the command', plan.maxBytes, (error) => op.fail(error))
  }

  /** Runs it; `leaving` gets the last of a command that is given up. */
  async run(
    attempt: Attempt,
    leaving: (last: Promise<void>) => void,
  ): Promise<ExecResult<string | Uint8Array>> {
    this.#checkLengths()
    const collector = this.#collector
    try {
      const { input } = this.#plan
      // With none it would go on, and empty the file that it writes.
      this.#input = isText(input) ? input : await openSourceAtOnce(input)
      const command = await this.#begin(attempt)
      const end = await this.#op.phase('receive', () => this.#finish(command, leaving))
      return resultOf(end, collector.printed(this.#plan.output), this.#plan)
    } catch (error) {
      collector.stop()
      this.#letGo()
      if (isNetError(error) && collector.size > 0 && !(error instanceof SshExitError)) {
        const partial = printedWithoutSecrets(collector.printed(this.#plan.output))
        addContext(error, { partial, received: collector.size })
      }
      throw error
    }
  }

  /** Of an input that no command reads any more. */
  #letGo(): void {
    if (!isText(this.#input)) this.#input.close().catch(() => {})
  }

  /** Before anything is sent. The variables that the server refuses make the line longer later on. */
  #checkLengths(): void {
    const { command, variables, cwd } = this.#plan
    const { longest } = this.#session
    refuseLong('the command', commandLine(command, [], cwd), longest, TO_INPUT)
    for (const { name, value } of variables) {
      refuseLong(`the variable ${name}`, name + value, longest)
    }
  }

  /** On another channel if the server closes the first one before the command is sent. */
  async #begin(attempt: Attempt): Promise<RemoteCommand> {
    const { commands } = this.#session
    for (let number = 1; ; number++) {
      const free = commands.place(this.#op)
      const place = typeof free === 'function' ? free : await free
      try {
        return await this.#op.phase('command', () => this.#start(place, attempt))
      } catch (error) {
        if (!(error instanceof ChannelClosedError)) throw error
        commands.oneAtATime()
        if (number === MOST_CHANNELS) throw error
      }
    }
  }

  async #start(place: ChannelPlace, attempt: Attempt): Promise<RemoteCommand> {
    const op = this.#op
    const command = await this.#session.commands.open(place, this.#printed, op)
    try {
      const inline: Variable[] = []
      for (const variable of this.#plan.variables) {
        if (!(await command.set(variable, op))) inline.push(variable)
      }
      const started = command.start(this.#line(inline), () => attempt.sent(), op)
      if (isEmpty(this.#input) && this.#session.takesEarlyEof) command.endInput()
      await started
      return command
    } catch (error) {
      // The server may have begun without saying so.
      command.signal('TERM')
      command.close()
      throw error
    }
  }

  /** The line for the shell, with the variables that the server did not take. */
  #line(inline: readonly Variable[]): string {
    const { command, cwd } = this.#plan
    // Values that do not go to the server apart from the command are no business of events either.
    const shown = inline.map(({ name }) => ({ name, value: '_' }))
    this.#op.wire('send', () => `exec ${commandLine(command, shown, cwd)}`)
    const line = commandLine(command, inline, cwd)
    refuseLong('the command with its variables', line, this.#session.longest, TO_INPUT)
    return line
  }

  readonly #printed = (name: 'stdout' | 'stderr', chunk: Uint8Array): void => {
    this.#collector.take(name, chunk)
    this.#op.idle.moved(chunk.length)
  }

  #finish(command: RemoteCommand, leaving: (last: Promise<void>) => void): Promise<CommandEnd> {
    const op = this.#op
    // A program may print little, and still do its work.
    op.idle.countAnyByte()
    op.idle.start()
    return new Promise((resolve, reject) => {
      let isOver = false
      const giveUp = (reason: unknown): void => {
        if (isOver) return
        isOver = true
        leaving(stopStepwise(command))
        reject(reason)
      }
      // At once, where the call was stopped just when the server had begun.
      const forget = op.onAbort(giveUp)
      if (isOver) return
      const ended = (end: CommandEnd): void => {
        forget()
        op.wire('receive', () => describeEnd(end))
        resolve(end)
      }
      command.ended.then(ended, (error: Error) => {
        forget()
        reject(error)
      })
      const input = this.#input
      if (isEmpty(input)) command.endInput()
      else feed(command, input, { op, write: this.#plan.write }).catch(giveUp)
    })
  }
}

function isText(input: unknown): input is string | undefined {
  return input === undefined || typeof input === 'string'
}

function isEmpty(input: string | OpenSource | undefined): input is '' | undefined {
  return input === undefined || input === ''
}

/** TERM, then the hang-up, then the end of the channel: a program gets the chance to end by itself, and never more than a second. */
async function stopStepwise(command: RemoteCommand): Promise<void> {
  const steps = [() => command.signal('TERM'), () => command.hangUp(), () => command.close()]
  for (const step of steps) {
    step()
    if (await endsWithin(command, STEP)) return
  }
}

function endsWithin(command: RemoteCommand, delay: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = clock().after(delay, () => resolve(false))
    const ended = (): void => {
      timer.clear()
      resolve(true)
    }
    command.ended.then(ended, ended)
  })
}

function resultOf(
  end: CommandEnd,
  printed: Printed,
  plan: ExecPlan,
): ExecResult<string | Uint8Array> {
  const { exitCode, exitSignal } = end
  if (exitCode === undefined && exitSignal === undefined) {
    throw netError('NET_PROTO_INCOMPLETE', {
      message: 'the server closed the command without saying how it ended',
    })
  }
  if (!plan.check || (exitCode === 0 && exitSignal === undefined)) return { ...printed, ...end }
  const code = exitSignal === undefined ? 'NET_EXIT_STATUS' : 'NET_EXIT_SIGNAL'
  const last = lastLine(printed.stderr)
  const how =
    exitSignal === undefined ? `ended with status ${exitCode}` : `was ended by ${exitSignal}`
  throw new SshExitError(
    code,
    {
      message: `the command ${how}${last === '' ? '' : `: ${last}`}`,
      reply: { text: last, ...(exitCode === undefined ? {} : { status: exitCode }) },
    },
    { ...printed, ...end },
  )
}

function describeEnd({ exitCode, exitSignal }: CommandEnd): string {
  if (exitSignal !== undefined) return `exit-signal ${exitSignal}`
  return exitCode === undefined ? 'close' : `exit-status ${exitCode}`
}

const MAX_BYTES = 64 * 1024 * 1024
const STEP = 250
const TO_INPUT = '; a program can read more from its input'
const MOST_CHANNELS = 3
