/*
 * Running a command to its end. When the wait ends early (by the caller, a limit, too much output), the command is stopped
 * step by step, and the error has what it printed until then.
 */

import { isNetError, type CallDefaults, type Sink, type Source } from '@net/core'
import {
  addContext,
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
import { CommandStart, planStart, type StartPlan } from './command-start.ts'
import { stopStepwise } from './command-stop.ts'
import type { SshSession } from './engine/ssh2.ts'
import type {
  CommandEnd,
  OutputName,
  OutputReceiver,
  RemoteCommand,
} from './engine/ssh2-command.ts'
import { SshExitError } from './errors.ts'
import { OutputSink } from './output-sink.ts'

/** What is to be run, checked. */
export interface ExecPlan {
  readonly start: StartPlan
  /** Whether what is printed as errors counts as output. */
  readonly merged: boolean
  /** Where outputs go that are not collected. */
  readonly sinks: Readonly<Partial<Record<OutputName, Sink>>>
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
  const { input, check = false, maxBytes = MAX_BYTES, output = 'text' } = options
  return {
    start: planStart(command, options),
    merged: options.stderr === 'stdout',
    sinks: sinksOf(options),
    input,
    write: writeLimit(options.timeout, defaults?.timeout),
    check,
    maxBytes,
    output,
  }
}

function sinksOf({ stdout, stderr }: Taken<ExecOptions>): ExecPlan['sinks'] {
  return {
    ...(stdout === undefined ? {} : { stdout }),
    ...(stderr === undefined || stderr === 'stdout' ? {} : { stderr }),
  }
}

/** One command from its start to its end. */
export class CommandCall implements OutputReceiver {
  readonly #session: SshSession
  readonly #plan: ExecPlan
  readonly #op: Operation
  readonly #collector: PrintedOutput
  readonly #sinks = new Map<OutputName, OutputSink>()
  #input: string | OpenSource | undefined

  constructor(session: SshSession, plan: ExecPlan, op: Operation) {
    this.#session = session
    this.#plan = plan
    this.#op = op
    this.#collector = new PrintedOutput('the command', plan.maxBytes, (error) => op.fail(error))
  }

  get copies(): boolean {
    return !this.#sinks.has('stdout') && this.#collector.copies('stdout')
  }

  arrived(printed: OutputName, chunk: Uint8Array): boolean {
    const name = this.#plan.merged ? 'stdout' : printed
    this.#op.idle.moved(chunk.length)
    const sink = this.#sinks.get(name)
    if (sink !== undefined) return sink.take(chunk)
    this.#collector.take(name, chunk)
    return true
  }

  /** Runs it; `leaving` gets the last of a command that is given up. */
  async run(
    attempt: Attempt,
    leaving: (last: Promise<void>) => void,
  ): Promise<ExecResult<string | Uint8Array>> {
    const start = new CommandStart(this.#session, this.#plan.start, this.#op, this)
    start.check()
    const collector = this.#collector
    try {
      const { input } = this.#plan
      // With none it would go on, and empty the file that it writes.
      this.#input = isText(input) ? input : await openSourceAtOnce(input)
      await this.#openSinks()
      const command = await start.begin(attempt, isEmpty(this.#input))
      const end = await this.#op.phase('receive', async () => {
        const last = await this.#finish(command, leaving)
        for (const sink of this.#sinks.values()) await sink.drained()
        return last
      })
      // Before a file gets its name: the output of a command that fails is not the one that was wanted.
      const result = resultOf(end, collector.printed(this.#plan.output), this.#plan)
      for (const sink of this.#sinks.values()) await sink.commit()
      return result
    } catch (error) {
      collector.stop()
      this.#letGo()
      await Promise.all([...this.#sinks.values()].map((sink) => sink.abort(error)))
      if (isNetError(error) && collector.size > 0 && !(error instanceof SshExitError)) {
        const partial = printedWithoutSecrets(collector.printed(this.#plan.output))
        addContext(error, { partial, received: collector.size })
      }
      throw error
    }
  }

  async #openSinks(): Promise<void> {
    const { stdout, stderr } = this.#plan.sinks
    if (stdout !== undefined) this.#sinks.set('stdout', await OutputSink.open(stdout))
    if (stderr !== undefined) this.#sinks.set('stderr', await OutputSink.open(stderr))
  }

  /** Of an input that no command reads any more. */
  #letGo(): void {
    if (!isText(this.#input)) this.#input.close().catch(() => {})
  }

  #listenToSinks(command: RemoteCommand, failed: (error: unknown) => void): void {
    for (const sink of this.#sinks.values()) {
      const room = (): void => {
        command.resume('stdout')
        command.resume('stderr')
      }
      sink.listen({ room, failed })
    }
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
      this.#listenToSinks(command, giveUp)
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

/** How a command ended, for events. */
export function describeEnd({ exitCode, exitSignal }: CommandEnd): string {
  if (exitSignal !== undefined) return `exit-signal ${exitSignal}`
  return exitCode === undefined ? 'close' : `exit-status ${exitCode}`
}

const MAX_BYTES = 64 * 1024 * 1024
