/*
 * Running a command to its end. When the wait ends early (by the caller, a limit, too much output), the command is stopped
 * step by step, and the error has what it printed until then.
 */

import { isNetError, type CallDefaults, type NetError, type Source } from '@net/core'
import {
  addContext,
  clock,
  netError,
  type Attempt,
  type Operation,
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
import type { SshSession } from './engine/ssh2.ts'
import type { CommandSpec } from './engine/ssh2-commands.ts'
import type { CommandEnd, RemoteCommand } from './engine/ssh2-command.ts'
import { ChannelClosedError } from './engine/ssh2-refusal.ts'
import { SshExitError, withoutSecrets } from './errors.ts'
import { OutputCollector, type Printed } from './output-collector.ts'

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

/** Runs the command; `leaving` is told the last of a command that was given up. */
export async function execute(
  session: SshSession,
  plan: ExecPlan,
  call: {
    readonly op: Operation
    readonly attempt: Attempt
    readonly leaving: (last: Promise<void>) => void
  },
): Promise<ExecResult<string | Uint8Array>> {
  const { op, attempt } = call
  checkLengths(plan, session.longest)
  const collector = new OutputCollector(plan.maxBytes, (error) => op.fail(error as NetError))
  try {
    const command = await begin(session, plan, { op, attempt, collector })
    const end = await op.phase('receive', () => {
      // A program may print little, and still do its work.
      op.idle.countAnyByte()
      op.idle.start()
      return finish(command, plan, { op, collector, leaving: call.leaving })
    })
    return resultOf(end, collector.printed(plan.output), plan)
  } catch (error) {
    collector.stop()
    if (isNetError(error) && collector.size > 0 && !(error instanceof SshExitError)) {
      addContext(error, {
        partial: safely(collector.printed(plan.output)),
        received: collector.size,
      })
    }
    throw error
  }
}

interface Running {
  readonly op: Operation
  readonly collector: OutputCollector
}

/** Before anything is sent. What the server refuses of the variables makes the line longer later on. */
function checkLengths({ command, variables, cwd }: ExecPlan, longest: number): void {
  refuseLong('the command', commandLine(command, [], cwd), longest, TO_INPUT)
  for (const { name, value } of variables) refuseLong(`the variable ${name}`, name + value, longest)
}

/** On another channel if the server closes the first one before the command is sent. */
async function begin(
  session: SshSession,
  plan: ExecPlan,
  call: Running & { readonly attempt: Attempt },
): Promise<RemoteCommand> {
  for (let number = 1; ; number++) {
    const giveBack = await session.commands.place(call.op)
    try {
      return await call.op.phase('command', () =>
        session.commands.run(specOf(plan, session.longest, call), call.op, giveBack),
      )
    } catch (error) {
      if (!(error instanceof ChannelClosedError) || number === MOST_CHANNELS) throw error
    }
  }
}

function specOf(
  plan: ExecPlan,
  longest: number,
  { op, attempt, collector }: Running & { readonly attempt: Attempt },
): CommandSpec {
  return {
    env: plan.variables,
    text(refused) {
      const inline = plan.variables.filter(({ name }) => refused.includes(name))
      // The values of variables are the command's own affair, as they are where they go apart from it.
      const shown = inline.map(({ name }) => ({ name, value: '_' }))
      op.wire('send', () => `exec ${commandLine(plan.command, shown, plan.cwd)}`)
      const line = commandLine(plan.command, inline, plan.cwd)
      refuseLong('the command with its variables', line, longest, TO_INPUT)
      return line
    },
    output: (name, chunk) => {
      collector.take(name, chunk)
      op.idle.moved(chunk.length)
    },
    sent: () => attempt.sent(),
  }
}

function finish(
  command: RemoteCommand,
  plan: ExecPlan,
  { op, leaving }: Running & { readonly leaving: (last: Promise<void>) => void },
): Promise<CommandEnd> {
  return new Promise((resolve, reject) => {
    const forget = op.onAbort((reason) => {
      leaving(stopStepwise(command))
      reject(reason)
    })
    command.ended.then(
      (end) => {
        forget()
        op.wire('receive', () => describeEnd(end))
        resolve(end)
      },
      (error: Error) => {
        forget()
        reject(error)
      },
    )
    feed(command, plan.input, { op, write: plan.write }).catch((error: unknown) => {
      forget()
      leaving(stopStepwise(command))
      reject(error)
    })
  })
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

function lastLine(stderr: string | Uint8Array): string {
  const text = typeof stderr === 'string' ? stderr : Buffer.from(stderr).toString('utf8')
  return text.trimEnd().split('\n').at(-1)?.slice(0, SHOWN) ?? ''
}

function describeEnd({ exitCode, exitSignal }: CommandEnd): string {
  if (exitSignal !== undefined) return `exit-signal ${exitSignal}`
  return exitCode === undefined ? 'close' : `exit-status ${exitCode}`
}

function safely({ stdout, stderr }: Printed): Printed {
  return { stdout: withoutSecrets(stdout), stderr: withoutSecrets(stderr) }
}

const MAX_BYTES = 64 * 1024 * 1024
const STEP = 250
const TO_INPUT = '; a program can read more from its input'
const MOST_CHANNELS = 3
const SHOWN = 200
