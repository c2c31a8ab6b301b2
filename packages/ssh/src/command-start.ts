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
import type { OutputReceiver, RemoteCommand } from './engine/ssh2-command.ts'
import { ChannelClosedError, SessionsFullError } from './engine/ssh2-refusal.ts'
import { SudoGate } from './sudo-gate.ts'
import { sudoLine, sudoPlan, type SudoPlan } from './sudo.ts'
import { terminalOf } from './terminal.ts'

/** What is to run, and with what. */
export interface StartPlan {
  readonly run:
    | { readonly kind: 'exec'; readonly command: CommandText }
    | Exclude<RunPlan, { readonly kind: 'exec' }>
  readonly variables: readonly Variable[]
  readonly cwd: string | undefined
  readonly terminal: TerminalPlan | undefined
  readonly sudo?: SudoPlan | undefined
}

/** How a command is to be started. Throws ArgumentErrors. */
export function planStart(
  command: string | readonly string[],
  { cwd, env, terminal, sudo }: Taken<Pick<ExecOptions, 'cwd' | 'env' | 'terminal' | 'sudo'>>,
): StartPlan {
  if (cwd !== undefined) checkCwd(cwd)
  return {
    run: { kind: 'exec', command: commandText(command) },
    variables: variablesOf(env),
    cwd,
    terminal: terminal === undefined || terminal === false ? undefined : terminalOf(terminal),
    sudo: sudoPlan(sudo),
  }
}

/** One start. */
export class CommandStart {
  readonly #session: SshSession
  readonly #plan: StartPlan
  readonly #op: Operation
  readonly #output: OutputReceiver

  constructor(session: SshSession, plan: StartPlan, op: Operation, output: OutputReceiver) {
    this.#session = session
    this.#plan = plan
    this.#op = op
    this.#output = output
  }

  /** Before anything is sent. The variables that the server refuses make the line longer later on. */
  check(): void {
    const { run, variables, terminal } = this.#plan
    const { longest } = this.#session
    if (run.kind === 'exec') {
      this.#refuseForeignShell(run.command)
      refuseLong('the command', this.#line(run.command, []), longest, TO_INPUT)
    }
    if (run.kind === 'subsystem') refuseLong('the subsystem', run.name, longest)
    if (terminal !== undefined) refuseLong('the terminal', terminal.term, longest)
    for (const { name, value } of variables) {
      refuseLong(`the variable ${name}`, name + value, longest)
    }
  }

  /** A shell of Windows reads single quotes as letters, and what they hold as commands. */
  #refuseForeignShell({ simple }: CommandText): void {
    const { cwd, sudo } = this.#plan
    if (this.#session.posix || !(simple || cwd !== undefined || sudo !== undefined)) return
    const what = simple ? 'a list of words' : cwd === undefined ? 'sudo' : 'cwd'
    throw netError('NET_UNSUPPORTED', {
      message: `the server runs Windows, and ${what} needs a POSIX shell; pass the command as a text, which is sent as it is`,
    })
  }

  /**
   * On another channel if the server closes the first one before anything is asked, and behind earlier commands if it runs no
   * more at once. By sudo it has begun when sudo has run it, or has not. `isEmpty`: no input follows.
   */
  async begin(attempt: Attempt, isEmpty: boolean): Promise<RemoteCommand> {
    const { command, gate } = await this.#startOnce(attempt, isEmpty)
    if (gate === undefined) return command
    await orClosed(command, () => gate.pass(command, this.#op, this.#session.closed))
    return command
  }

  async #startOnce(attempt: Attempt, isEmpty: boolean): Promise<Started> {
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

  async #start(place: ChannelPlace, attempt: Attempt, isEmpty: boolean): Promise<Started> {
    const op = this.#op
    const { sudo, terminal } = this.#plan
    const gate =
      sudo === undefined ? undefined : new SudoGate(sudo, terminal !== undefined, this.#output)
    const output = gate?.output ?? this.#output
    const command = await this.#session.commands.open(place, output, op)
    await orClosed(command, async () => {
      const inline = await this.#prepare(command)
      const started = command.start(this.#runOf(inline), () => attempt.sent(), op)
      // By sudo, the password may come first.
      if (isEmpty && gate === undefined && this.#session.takesEarlyEof) command.endInput()
      await started
    })
    return { command, gate }
  }

  /** Asks for all of it at once; resolves to the variables that the server did not take. */
  async #prepare(command: RemoteCommand): Promise<readonly Variable[]> {
    const { variables: wanted, terminal, sudo } = this.#plan
    // Sudo passes none on.
    const variables = sudo === undefined ? wanted : []
    for (const variable of this.#session.variables) command.offer(variable)
    if (variables.length === 0 && terminal === undefined) return wanted
    const op = this.#op
    const [hasTerminal, ...taken] = await Promise.all([
      terminal === undefined ? true : command.terminal(terminal, op),
      ...variables.map((variable) => command.set(variable, op)),
    ])
    if (!hasTerminal) {
      throw netError('NET_UNSUPPORTED', { message: 'the server refused to give a terminal' })
    }
    return wanted.filter((_, at) => taken[at] !== true)
  }

  /** With the variables that the server did not take in the line for its shell. */
  #runOf(inline: readonly Variable[]): RunPlan {
    const { run } = this.#plan
    const op = this.#op
    const [untaken] = inline
    if (run.kind !== 'exec') {
      op.wire('send', () => (run.kind === 'shell' ? 'shell' : `subsystem ${run.name}`))
      if (untaken === undefined) return run
      throw notTaken(untaken)
    }
    if (untaken !== undefined && !this.#session.posix) throw notTaken(untaken)
    // Values that do not go to the server apart from the command are no business of events either.
    const shown = inline.map(({ name }) => ({ name, value: '_' }))
    op.wire('send', () => `exec ${this.#line(run.command, shown)}`)
    const text = this.#line(run.command, inline)
    refuseLong('the command with its variables', text, this.#session.longest, TO_INPUT)
    return { kind: 'exec', text }
  }

  #line(command: CommandText, variables: readonly Variable[]): string {
    const { cwd, sudo } = this.#plan
    const line = commandLine(command, variables, cwd)
    return sudo === undefined ? line : sudoLine(line, sudo)
  }
}

/** A command that has started, and what sudo has to say before it runs. */
interface Started {
  readonly command: RemoteCommand
  readonly gate: SudoGate | undefined
}

function notTaken({ name }: Variable): Error {
  return netError('NET_UNSUPPORTED', { message: `the server does not take the variable ${name}` })
}

async function orClosed(command: RemoteCommand, begin: () => Promise<void>): Promise<void> {
  try {
    await begin()
  } catch (error) {
    // The server may have begun without saying so.
    command.signal('TERM')
    command.close()
    throw error
  }
}

const TO_INPUT = '; a program can read more from its input'
const MOST_CHANNELS = 3
