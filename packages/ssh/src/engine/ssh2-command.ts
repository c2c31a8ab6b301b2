/*
 * A command on the server, on a channel of its own: how it is started, what it prints, what it is fed, how it is stopped,
 * how it ends. Both of its outputs are always read, because an output that is not read stops the other one too.
 */

import type { Variable } from '../command-line.ts'
import {
  breakRequest,
  resizeRequest,
  runRequest,
  signalRequest,
  terminalRequest,
  variableRequest,
  type RunPlan,
  type TerminalPlan,
  type WindowSize,
} from './channel-requests.ts'
import type { PendingWaits, Stoppable } from './pending-waits.ts'
import { hearData, moreRoom, widenWindow } from './ssh2-data.ts'
import {
  channelRequest,
  closeChannel,
  isOpen,
  tellChannel,
  type ChannelRequest,
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

/** The outputs of a command. */
export type OutputName = 'stdout' | 'stderr'

/** Takes what a command prints. */
export interface OutputReceiver {
  /**
   * Asked before each chunk of the first output: whether it has copied what it wants of it when `arrived` returns, so that the memory
   * is used again. Default false.
   */
  readonly copies?: boolean
  /** Returns whether there is room for more; without it, `resume` says when there is again. */
  arrived(name: OutputName, chunk: Uint8Array): boolean
  /** Nothing follows. */
  ended?(name: OutputName): void
}

/** A command on a channel that is open: variables are set, then it is started. */
export interface RemoteCommand {
  /**
   * Sets a variable; resolves to false where the server does not take it. Rejects with a ChannelClosedError if the server
   * has closed the channel.
   */
  set(variable: Variable, op: Stoppable): Promise<boolean>
  /** Sets a variable where the server takes it, without asking whether it did. */
  offer(variable: Variable): void
  /** Asks for a terminal; otherwise as `set`. */
  terminal(terminal: TerminalPlan, op: Stoppable): Promise<boolean>
  /**
   * Starts the command; resolves when the server has begun, and calls `sent` before that is asked for. Rejects with a
   * ChannelClosedError if the server closed the channel before.
   */
  start(run: RunPlan, sent: () => void, op: Stoppable): Promise<void>
  /** Resolves when the command has ended and all that it printed was given; rejects if the connection is lost before. */
  readonly ended: Promise<CommandEnd>
  /** Resolves when the server says how the command ended, though more of its outputs may follow; else as `ended`. */
  readonly exited: Promise<CommandEnd>
  /** There is room again for this output. */
  resume(name: OutputName): void
  /** Lets the command send so many bytes ahead of what was taken, where that is more than it may by now. */
  widen(window: number): void
  /** Feeds the command; resolves to false once it reads no more. */
  write(chunk: Uint8Array): Promise<boolean>
  /** No more input follows. */
  endInput(): void
  /** Sends a signal, named without `SIG`. Servers may ignore it. */
  signal(name: string): void
  /** Sends a break, as on a serial line. */
  sendBreak(): void
  /** The terminal has another size. */
  resize(size: WindowSize): void
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
  readonly exited: Promise<CommandEnd>
  readonly #road: CommandRoad
  readonly #channel: EngineChannel
  readonly #settled: PromiseWithResolvers<CommandEnd> = Promise.withResolvers()
  readonly #exited: PromiseWithResolvers<CommandEnd> = Promise.withResolvers()
  readonly #writing = new Set<(taken: boolean) => void>()
  #exit: CommandEnd | undefined
  #open = 2
  #printed = false
  #over = false
  #isInputEnded = false
  /** Whether the receiver has no room for more of the first output, and what follows once it has. */
  #isFull = false
  #behind: (() => void)[] = []

  constructor(road: CommandRoad, channel: EngineChannel, output: OutputReceiver) {
    this.#road = road
    this.#channel = channel
    this.ended = this.#settled.promise
    this.exited = this.#exited.promise
    for (const promise of [this.ended, this.exited]) promise.catch(() => {})
    for (const name of ['stdout', 'stderr'] as const) {
      const stream = name === 'stdout' ? channel : channel.stderr
      const ended = (): void => {
        output.ended?.(name)
        this.#open -= 1
        this.#look()
      }
      stream.on('end', () => (name === 'stdout' ? this.#inOrder(ended) : ended()))
      stream.on('error', (error: Error) => this.lost(error))
    }
    const { stderr } = channel
    stderr.on('data', (chunk: Buffer) => {
      this.#printed = true
      if (!output.arrived('stderr', chunk)) stderr.pause()
    })
    hearData(channel, {
      get copies() {
        return output.copies === true
      },
      arrived: (chunk) => {
        this.#printed = true
        this.#isFull = !output.arrived('stdout', chunk)
        return !this.#isFull
      },
    })
    channel.on('exit', (code: number | null, signal?: string) => {
      this.#exit = { exitCode: code ?? undefined, exitSignal: signal?.replace(/^SIG/, '') }
      this.#exited.resolve(this.#exit)
      this.#look()
    })
    channel.on('close', () => this.#inOrder(() => this.#end()))
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
    this.#exited.reject(error)
  }

  set(variable: Variable, op: Stoppable): Promise<boolean> {
    return this.#ask(variableRequest(variable), op)
  }

  offer(variable: Variable): void {
    this.#tell(variableRequest(variable))
  }

  terminal(terminal: TerminalPlan, op: Stoppable): Promise<boolean> {
    return this.#ask(terminalRequest(terminal), op)
  }

  start(run: RunPlan, sent: () => void, op: Stoppable): Promise<void> {
    const { client, waits } = this.#road
    return waits.wait<void>((resolve, reject) => {
      if (!isOpen(this.#channel)) throw new ChannelClosedError()
      sent()
      channelRequest(client, this.#channel, runRequest(run), (answer) => {
        // What has printed something or ended was running.
        const hasRun = answer === 'closed' && (this.#printed || this.#exit !== undefined)
        if (answer === 'taken' || hasRun) resolve()
        else reject(notStarted(answer, run))
      })
    }, op)
  }

  resume(name: OutputName): void {
    if (name === 'stderr') {
      this.#channel.stderr.resume()
      return
    }
    if (!this.#isFull) return
    this.#isFull = false
    moreRoom(this.#channel)
    const behind = this.#behind
    this.#behind = []
    for (const next of behind) process.nextTick(next)
  }

  widen(window: number): void {
    widenWindow(this.#road.client, this.#channel, window)
  }

  write(chunk: Uint8Array): Promise<boolean> {
    const isTaken = !this.#over && !this.#isInputEnded && this.#channel.outgoing.state === 'open'
    if (!isTaken) return Promise.resolve(false)
    return new Promise((resolve) => {
      this.#writing.add(resolve)
      this.#channel.write(chunk, () => {
        this.#writing.delete(resolve)
        resolve(true)
      })
    })
  }

  endInput(): void {
    // ssh2 tells the server only behind what waits for room, and takes what comes meanwhile for a failure of the channel.
    this.#isInputEnded = true
    if (this.#channel.outgoing.state === 'open') this.#channel.end()
  }

  signal(name: string): void {
    this.#tell(signalRequest(name))
  }

  sendBreak(): void {
    this.#tell(breakRequest(BREAK))
  }

  resize(size: WindowSize): void {
    this.#tell(resizeRequest(size))
  }

  hangUp(): void {
    this.signal('HUP')
    this.endInput()
  }

  close(): void {
    closeChannel(this.#channel)
  }

  /** Behind what the first output has printed, once the receiver has all of it. */
  #inOrder(next: () => void): void {
    if (this.#isFull) this.#behind.push(next)
    else next()
  }

  #tell(request: ChannelRequest): void {
    tellChannel(this.#road.client, this.#channel, request)
  }

  /** Resolves to whether the server takes it. */
  #ask(request: ChannelRequest, op: Stoppable): Promise<boolean> {
    const { client, waits } = this.#road
    return waits.wait<boolean>((resolve, reject) => {
      if (!isOpen(this.#channel)) throw new ChannelClosedError()
      channelRequest(client, this.#channel, request, (answer) => {
        if (answer === 'closed') reject(new ChannelClosedError())
        else resolve(answer === 'taken')
      })
    }, op)
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
    const end = this.#exit ?? { exitCode: undefined, exitSignal: undefined }
    this.#settled.resolve(end)
    this.#exited.resolve(end)
  }

  #finish(): void {
    this.#over = true
    for (const resolve of this.#writing) resolve(false)
    this.#writing.clear()
  }
}

function notStarted(answer: Exclude<RequestAnswer, 'taken'>, run: RunPlan): Error {
  return answer === 'refused' ? notRun(run) : withoutAnswer()
}

// As OpenSSH and PuTTY ask for: the server takes the length that it has.
const BREAK = 1000
