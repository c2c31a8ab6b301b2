/*
 * A command, shell or subsystem that runs: its outputs are read and its input is written while it does. It ends with the
 * call's signal and limits, step by step, and with the connection.
 */

import { isNetError, type NetError, type Source } from '@net/core'
import { netError, openSourceAtOnce, type Attempt, type Operation } from '@net/core/authoring'
import type { ConnectionInfo } from '@net/socket'

import { feed } from './command-input.ts'
import { OutputReader, OutputRoad, type CommandOutput } from './command-output.ts'
import { CommandStart, type StartPlan } from './command-start.ts'
import { stopStepwise } from './command-stop.ts'
import type { OutputName, RemoteCommand } from './engine/ssh2-command.ts'
import type { SshSession } from './engine/ssh2.ts'
import { describeEnd } from './exec.ts'
import type { ProcessExit, ProcessInput, SshProcess, TerminalSize } from './ssh-process.ts'

/** What is to run, and how its streams are kept. */
export interface SpawnPlan {
  readonly start: StartPlan
  /** Whether what is printed as errors counts as output. */
  readonly merged: boolean
  readonly input: string | Source | undefined
  readonly write: number
  /** How many bytes of an output are kept before it is read. */
  readonly maxUnread: number
}

/** What runs on the server. */
export class RunningCommand implements SshProcess {
  readonly stdin: ProcessInput
  readonly stdout: CommandOutput
  readonly stderr: CommandOutput
  readonly exit: Promise<ProcessExit>
  readonly #roads: Readonly<Record<OutputName, OutputRoad>>
  readonly #exit: PromiseWithResolvers<ProcessExit> = Promise.withResolvers()
  readonly #plan: SpawnPlan
  readonly #op: Operation
  #command: RemoteCommand | undefined
  #open = 2
  #stopping: Promise<void> | undefined

  constructor(info: ConnectionInfo, plan: SpawnPlan, op: Operation) {
    this.#plan = plan
    this.#op = op
    const road = (name: OutputName): OutputRoad =>
      new OutputRoad(name, info, plan.maxUnread, () => this.#resume(name))
    this.#roads = { stdout: road('stdout'), stderr: road('stderr') }
    this.stdout = new OutputReader(this.#roads.stdout)
    this.stderr = new OutputReader(this.#roads.stderr)
    this.exit = this.#exit.promise
    this.exit.catch(() => {})
    this.stdin = {
      write: (data) => this.#write(data),
      end: () => this.#input().endInput(),
    }
  }

  /** Starts it; `leaving` gets the last of one that is given up. */
  async start(
    session: SshSession,
    attempt: Attempt,
    leaving: (last: Promise<unknown>) => void,
  ): Promise<void> {
    const op = this.#op
    const { input } = this.#plan
    const output = { arrived: this.#arrived, ended: this.#outputEnded }
    const start = new CommandStart(session, this.#plan.start, op, output)
    start.check()
    const source =
      input === undefined || typeof input === 'string' ? input : await openSourceAtOnce(input)
    try {
      const command = await start.begin(attempt, input === '')
      this.#command = command
      leaving(command.ended)
      op.until(command.ended)
      const forget = op.onAbort((reason) => this.#giveUp(reason))
      command.ended.then(forget, forget)
      command.ended.catch((error: unknown) => this.#lost(error as NetError))
      command.exited.then(
        (end) => {
          op.wire('receive', () => describeEnd(end))
          this.#exited(end)
        },
        (error: unknown) => this.#exit.reject(error),
      )
      if (source === undefined) return
      feed(command, source, { op, write: this.#plan.write }).catch((error: unknown) => {
        op.fail(error as NetError)
      })
    } catch (error) {
      if (typeof source === 'object') source.close().catch(() => {})
      throw error
    }
  }

  kill(signal: string = 'TERM'): Promise<void> {
    this.#running().signal(signal.replace(/^SIG/, ''))
    return Promise.resolve()
  }

  sendBreak(): Promise<void> {
    this.#running().sendBreak()
    return Promise.resolve()
  }

  resize(size: TerminalSize): Promise<void> {
    this.#running().resize(size)
    return Promise.resolve()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const road of Object.values(this.#roads)) road.abort()
    await this.#stop()
  }

  readonly #arrived = (name: OutputName, chunk: Uint8Array): boolean =>
    this.#roads[this.#plan.merged ? 'stdout' : name].arrived(chunk)

  readonly #outputEnded = (name: OutputName): void => {
    this.#open -= 1
    if (!this.#plan.merged) this.#roads[name].ended()
    else if (this.#open === 0) for (const road of Object.values(this.#roads)) road.ended()
  }

  #resume(name: OutputName): void {
    this.#command?.resume(name)
    if (this.#plan.merged) this.#command?.resume('stderr')
  }

  async #write(data: string | Uint8Array): Promise<void> {
    const command = this.#input()
    if (await command.write(Buffer.from(data as Uint8Array))) return
    throw netError('NET_CONN_CLOSED', {
      phase: 'send',
      message: 'the command reads no more input',
    })
  }

  #input(): RemoteCommand {
    if (this.#plan.input === undefined) return this.#running()
    throw netError('NET_BUSY', { message: 'the input is the one of the option input' })
  }

  #running(): RemoteCommand {
    if (this.#command === undefined) throw netError('NET_INTERNAL', { message: 'not started' })
    return this.#command
  }

  #exited(end: ProcessExit): void {
    if (end.exitCode !== undefined || end.exitSignal !== undefined) this.#exit.resolve(end)
    else {
      const message = 'the server closed the command without saying how it ended'
      this.#exit.reject(netError('NET_PROTO_INCOMPLETE', { message }))
    }
  }

  /** By the caller's signal, a limit, or the end of the client. */
  #giveUp(reason: NetError): void {
    this.#exit.reject(reason)
    this.#lost(reason)
    void this.#stop()
  }

  #lost(error: NetError): void {
    const told = isNetError(error)
      ? error
      : netError('NET_CLOSED', {
          message: 'the command was given up, because its input failed',
          cause: error,
        })
    for (const road of Object.values(this.#roads)) road.ended(told)
  }

  #stop(): Promise<void> {
    const command = this.#command
    if (command === undefined) return Promise.resolve()
    this.#stopping ??= stopStepwise(command)
    return this.#stopping
  }
}
