/*
 * A command while it runs on the server: what it prints, what it is fed, how it is stopped, how it ends. Both of its
 * outputs are always read, because an output that is not read stops the other one too.
 */

import { closeChannel, sendSignal } from './ssh2-internals.ts'
import type { EngineChannel, EngineClient } from './ssh2-types.ts'

/** How a command ended: one of the two, or neither if the server did not say. */
export interface CommandEnd {
  readonly exitCode: number | undefined
  /** Without `SIG`. */
  readonly exitSignal: string | undefined
}

/** Takes what a command prints. */
export type CommandOutput = (name: 'stdout' | 'stderr', chunk: Uint8Array) => void

/** A running command. */
export interface RemoteCommand {
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

/** A command on a channel of ssh2. */
export class Ssh2Command implements RemoteCommand {
  readonly ended: Promise<CommandEnd>
  readonly #client: EngineClient
  readonly #channel: EngineChannel
  readonly #settled: PromiseWithResolvers<CommandEnd> = Promise.withResolvers()
  readonly #writing = new Set<(taken: boolean) => void>()
  #exit: CommandEnd | undefined
  #open = 2
  #over = false

  constructor(client: EngineClient, channel: EngineChannel, output: CommandOutput) {
    this.#client = client
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
    sendSignal(this.#client, this.#channel, name)
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
