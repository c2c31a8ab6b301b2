/*
 * Getting something to run on the server: a place, a channel, the terminal and the variables, then the start. It must not
 * know what becomes of its outputs.
 */

import { netError, type Attempt, type Operation, type Taken } from '@net/core/authoring'

import type { ExecOptions } from './client-options.ts'
import {
  checkCwd,
  commandLine,
  commandText,
  refuseLong,
  variablesOf,
  type CommandText,
  type Variable,
} from './command-line.ts'
import type { RunPlan, TerminalPlan } from './engine/channel-requests.ts'
import type { ChannelPlace } from './engine/session-places.ts'
import type { SshSession } from './engine/ssh2.ts'
import type { CommandOutput, RemoteCommand } from './engine/ssh2-command.ts'
import { ChannelClosedError, SessionsFullError } from './engine/ssh2-refusal.ts'
import { terminalOf } from './terminal.ts'

/** What is to run, and with what. */
export interface StartPlan {
  readonly run:
    | { readonly kind: 'exec'; readonly command: CommandText }
    | Exclude<RunPlan, { readonly kind: 'exec' }>
  readonly variables: readonly Variable[]
  readonly cwd: string | undefined
  readonly terminal: TerminalPlan | undefined
}

/** How a command is to be started. Throws ArgumentErrors. */
export function planStart(
  command: string | readonly string[],
  { cwd, env, terminal }: Taken<Pick<ExecOptions, 'cwd' | 'env' | 'terminal'>>,
): StartPlan {
  if (cwd !== undefined) checkCwd(cwd)
  return {
    run: { kind: 'exec', command: commandText(command) },
    variables: variablesOf(env),
    cwd,
    terminal: terminal === undefined || terminal === false ? undefined : terminalOf(terminal),
  }
}

/** One start. */
export class CommandStart {
  readonly #session: SshSession
  readonly #plan: StartPlan
  readonly #op: Operation
  readonly #output: CommandOutput

  constructor(session: SshSession, plan: StartPlan, op: Operation, output: CommandOutput) {
    this.#session = session
    this.#plan = plan
    this.#op = op
    this.#output = output
  }

  /** Before anything is sent. The variables that the server refuses make the line longer later on. */
  checkLengths(): void {
    const { run, variables, cwd, terminal } = this.#plan
    const { longest } = this.#session
    if (run.kind === 'exec') {
      refuseLong('the command', commandLine(run.command, [], cwd), longest, TO_INPUT)
    }
    if (run.kind === 'subsystem') refuseLong('the subsystem', run.name, longest)
    if (terminal !== undefined) refuseLong('the terminal', terminal.term, longest)
    for (const { name, value } of variables) {
      refuseLong(`the variable ${name}`, name + value, longest)
    }
  }

  /**
   * On another channel if the server closes the first one before anything is asked, and behind earlier commands if it runs no
   * more at once. `isEmpty`: no input follows.
   */
  async begin(attempt: Attempt, isEmpty: boolean): Promise<RemoteCommand> {
    const { commands } = this.#session
    for (let closed = 0; ;) {
      const free = commands.place(this.#op)
      const place = typeof free === 'function' ? free : await free
      try {
        return await this.#op.phase('command', () => this.#start(place, attempt, isEmpty))
      } catch (error) {
        if (error instanceof SessionsFullError) {
          commands.atMost(error.running)
          continue
        }
        if (!(error instanceof ChannelClosedError)) throw error
        commands.atMost(1)
        closed += 1
        if (closed === MOST_CHANNELS) throw error
      }
    }
  }

  async #start(place: ChannelPlace, attempt: Attempt, isEmpty: boolean): Promise<RemoteCommand> {
    const op = this.#op
    const command = await this.#session.commands.open(place, this.#output, op)
    try {
      const inline = await this.#prepare(command)
      const started = command.start(this.#runOf(inline), () => attempt.sent(), op)
      if (isEmpty && this.#session.takesEarlyEof) command.endInput()
      await started
      return command
    } catch (error) {
      // The server may have begun without saying so.
      command.signal('TERM')
      command.close()
      throw error
    }
  }

  /** Asks for all of it at once; resolves to the variables that the server did not take. */
  async #prepare(command: RemoteCommand): Promise<readonly Variable[]> {
    const { variables, terminal } = this.#plan
    for (const variable of this.#session.variables) command.offer(variable)
    if (variables.length === 0 && terminal === undefined) return variables
    const op = this.#op
    const [hasTerminal, ...taken] = await Promise.all([
      terminal === undefined ? true : command.terminal(terminal, op),
      ...variables.map((variable) => command.set(variable, op)),
    ])
    if (!hasTerminal) {
      throw netError('NET_UNSUPPORTED', { message: 'the server refused to give a terminal' })
    }
    return variables.filter((_, at) => taken[at] !== true)
  }

  /** With the variables that the server did not take in the line for its shell. */
  #runOf(inline: readonly Variable[]): RunPlan {
    const { run, cwd } = this.#plan
    const op = this.#op
    if (run.kind !== 'exec') {
      op.wire('send', () => (run.kind === 'shell' ? 'shell' : `subsystem ${run.name}`))
      const [refused] = inline
      if (refused === undefined) return run
      const message = `the server does not take the variable ${refused.name}`
      throw netError('NET_UNSUPPORTED', { message })
    }
    // Values that do not go to the server apart from the command are no business of events either.
    const shown = inline.map(({ name }) => ({ name, value: '_' }))
    op.wire('send', () => `exec ${commandLine(run.command, shown, cwd)}`)
    const text = commandLine(run.command, inline, cwd)
    refuseLong('the command with its variables', text, this.#session.longest, TO_INPUT)
    return { kind: 'exec', text }
  }
}

const TO_INPUT = '; a program can read more from its input'
const MOST_CHANNELS = 3
