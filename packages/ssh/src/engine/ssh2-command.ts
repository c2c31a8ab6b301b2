/*
 * A command on the server, on a channel of its own: how it is started, what it prints, what it is fed, how it is stopped,
 * how it ends. Both of its outputs are always read, because an output that is not read stops the other one too.
 */

import type { Variable } from '../command-line.ts'
import type { PendingWaits, Stoppable } from './pending-waits.ts'
import {
  closeChannel,
  isOpen,
  requestCommand,
  requestVariable,
  sendSignal,
  type RequestAnswer,
} from './ssh2-internals.ts'
import { ChannelClosedError, notRun, withoutAnswer } from './ssh2-refusal.ts'
import type { EngineChannel, EngineClient } from './ssh2-types.ts'

/** How a command ended: one of the two, or neither if the server did not say. */
export interface CommandEnd {
  readonly exitCode: number | undefined
  /** Without `SIG`. */
  readonly exitSignal: string | undefined
}

/** Takes what a command prints. */
export type CommandOutput = (name: 'stdout' | 'stderr', chunk: Uint8Array) => void

/** A command on a channel that is open: variables are set, then it is started. */
export interface RemoteCommand {
  /**
   * Sets a variable; resolves to false where the server does not take it. Rejects with a ChannelClosedError if the server
   * has closed the channel.
   */
  set(variable: Variable, op: Stoppable): Promise<boolean>
  /**
   * Starts the command; resolves when the server has begun, and calls `sent` before that is asked for. Rejects with a
   * ChannelClosedError if the server closed the channel before.
   */
  start(text: string, sent: () => void, op: Stoppable): Promise<void>
  /** Resolves when the command has ended and all that it printed was given; rejects if the connection is lost before. */
  readonly ended: Promise<CommandEnd>
  /** Feeds the command; resolves to false once it reads no more. */
  write(chunk: Uint8Array): Promise<boolean>
  /** No more input follows. */
  endInput(): void
  /** Sends a signal, named without `SIG`. Servers may ignore it. */
  signal(name: string): void
  /** Ends the input and sends HUP, as if a terminal was closed. */
  hangUp(): void
  /** Lets the channel go; the command loses its outputs. */
  close(): void
}

/** The connection of a command. */
export interface CommandRoad {
  readonly client: EngineClient
  readonly waits: PendingWaits
}

/** A command on a channel of ssh2. */
export class Ssh2Command implements RemoteCommand {
  readonly ended: Promise<CommandEnd>
  readonly #road: CommandRoad
  readonly #channel: EngineChannel
  readonly #settled: PromiseWithResolvers<CommandEnd> = Promise.withResolvers()
  readonly #writing = new Set<(taken: boolean) => void>()
  #exit: CommandEnd | undefined
  #open = 2
  #over = false

  constructor(road: CommandRoad, channel: EngineChannel, output: CommandOutput) {
    this.#road = road
    this.#channel = channel
    this.ended = this.#settled.promise
    this.ended.catch(() => {})
    channel.on('data', (chunk: Buffer) => output('stdout', chunk))
    channel.stderr.on('data', (chunk: Buffer) => output('stderr', chunk))
    channel.on('end', this.#outputEnded)
    channel.stderr.on('end', this.#outputEnded)
    channel.on('exit', (code: number | null, signal?: string) => {
      this.#exit = { exitCode: code ?? undefined, exitSignal: signal?.replace(/^SIG/, '') }
      this.#look()
    })
    channel.on('close', () => this.#end())
    channel.on('error', (error: Error) => this.lost(error))
    channel.stderr.on('error', (error: Error) => this.lost(error))
  }

  /** The connection is gone. */
  lost(error: Error): void {
    if (this.#over) return
    // The status and the end of both outputs are here already, and only wait for their turn.
    if (this.#exit !== undefined && this.#channel.incoming.state !== 'open') {
      setImmediate(() => this.#end())
      return
    }
    this.#finish()
    this.#settled.reject(error)
  }

  set(variable: Variable, op: Stoppable): Promise<boolean> {
    const { client, waits } = this.#road
    return waits.wait<boolean>((resolve, reject) => {
      if (!isOpen(this.#channel)) throw new ChannelClosedError()
      requestVariable(client, this.#channel, variable, (answer) => {
        if (answer === 'closed') reject(new ChannelClosedError())
        else resolve(answer === 'taken')
      })
    }, op)
  }

  start(text: string, sent: () => void, op: Stoppable): Promise<void> {
    const { client, waits } = this.#road
    return waits.wait<void>((resolve, reject) => {
      if (!isOpen(this.#channel)) throw new ChannelClosedError()
      sent()
      requestCommand(client, this.#channel, text, (answer) => {
        if (answer === 'taken') resolve()
        else reject(notStarted(answer))
      })
    }, op)
  }

  write(chunk: Uint8Array): Promise<boolean> {
    if (this.#over || this.#channel.outgoing.state !== 'open') return Promise.resolve(false)
    return new Promise((resolve) => {
      this.#writing.add(resolve)
      this.#channel.write(chunk, () => {
        this.#writing.delete(resolve)
        resolve(true)
      })
    })
  }

  endInput(): void {
    if (this.#channel.outgoing.state === 'open') this.#channel.end()
  }

  signal(name: string): void {
    sendSignal(this.#road.client, this.#channel, name)
  }

  hangUp(): void {
    this.signal('HUP')
    this.endInput()
  }

  close(): void {
    closeChannel(this.#channel)
  }

  readonly #outputEnded = (): void => {
    this.#open -= 1
    this.#look()
  }

  #look(): void {
    if (this.#exit === undefined || this.#open > 0 || this.#over) return
    // Only the server's own close can follow, and no call needs to wait for it.
    this.close()
    this.#end()
  }

  #end(): void {
    if (this.#over) return
    this.#finish()
    this.#settled.resolve(this.#exit ?? { exitCode: undefined, exitSignal: undefined })
  }

  #finish(): void {
    this.#over = true
    for (const resolve of this.#writing) resolve(false)
    this.#writing.clear()
  }
}

function notStarted(answer: Exclude<RequestAnswer, 'taken'>): Error {
  return answer === 'refused' ? notRun() : withoutAnswer()
}
