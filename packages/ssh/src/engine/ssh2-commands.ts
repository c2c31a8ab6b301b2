/*
 * The commands of one connection: each in a channel of its own, asked for step by step, and only while the channel is
 * open. Knows nothing of what a command is fed or prints.
 */

import type { PendingWaits, Stoppable } from './pending-waits.ts'
import { SessionPlaces, type PlaceSeeker } from './session-places.ts'
import { SessionSlots } from './session-slots.ts'
import { Ssh2Command, type CommandOutput, type RemoteCommand } from './ssh2-command.ts'
import { isOpen, requestCommand, requestVariable, type RequestAnswer } from './ssh2-internals.ts'
import { ChannelClosedError, notRun, withoutAnswer } from './ssh2-refusal.ts'
import type { EngineChannel, EngineClient } from './ssh2-types.ts'

/** What to run. */
export interface CommandSpec {
  readonly env: readonly { readonly name: string; readonly value: string }[]
  /** The command's text, given the variables that the server did not take. */
  text(refused: readonly string[]): string
  readonly output: CommandOutput
  /** The server may have begun from here on. */
  sent(): void
}

/** What the connection does for its commands. */
export interface CommandChannels {
  /** Opens a session channel. */
  open(op: Stoppable): Promise<EngineChannel>
  /** Tells the holder if the connection is lost before the channel is closed. */
  hold(channel: EngineChannel, holder: { lost(error: Error): void }): void
}

/** The commands of one connection. */
export class Ssh2Commands {
  readonly #client: EngineClient
  readonly #waits: PendingWaits
  readonly #channels: CommandChannels
  readonly #slots = new SessionSlots()
  readonly #places: SessionPlaces

  constructor(client: EngineClient, waits: PendingWaits, channels: CommandChannels) {
    this.#client = client
    this.#waits = waits
    this.#channels = channels
    this.#places = new SessionPlaces(waits)
  }

  /** From here on the next command is begun when the channel of the one before is closed. */
  oneAtATime(): void {
    this.#places.oneAtATime()
  }

  /** Waits until the server may be asked to run one more command; resolves to what gives the place back. */
  place(op: PlaceSeeker): Promise<() => void> {
    return this.#places.take(op)
  }

  /**
   * Runs a command in a place that was taken, and gives it back; resolves when the server has begun. Rejects with a
   * ChannelClosedError if the server closed the channel before the command was sent.
   */
  async run(spec: CommandSpec, op: Stoppable, giveBack: () => void): Promise<RemoteCommand> {
    const channel = await this.#slots
      .take(() => this.#channels.open(op))
      .catch((error: unknown) => {
        giveBack()
        throw error
      })
    const command = new Ssh2Command(this.#client, channel, spec.output)
    this.#channels.hold(channel, command)
    const release = (): void => {
      this.#slots.release()
      if (!this.#places.single) giveBack()
    }
    command.ended.then(release, release)
    channel.on('close', giveBack)
    try {
      await this.#request(channel, spec, op)
      return command
    } catch (error) {
      if (error instanceof ChannelClosedError) this.#places.oneAtATime()
      // The server may have begun without saying so.
      command.signal('TERM')
      command.close()
      throw error
    }
  }

  async #request(channel: EngineChannel, spec: CommandSpec, op: Stoppable): Promise<void> {
    const refused: string[] = []
    for (const variable of spec.env) {
      const answer = await this.#answer(op, (answered) => {
        if (isOpen(channel)) requestVariable(this.#client, channel, variable, answered)
        else answered('closed')
      })
      if (answer === 'closed') throw new ChannelClosedError()
      if (answer === 'refused') refused.push(variable.name)
    }
    const text = spec.text(refused)
    if (!isOpen(channel)) throw new ChannelClosedError()
    spec.sent()
    const answer = await this.#answer(op, (answered) =>
      requestCommand(this.#client, channel, text, answered),
    )
    if (answer === 'taken') return
    throw answer === 'refused' ? notRun() : withoutAnswer()
  }

  #answer(
    op: Stoppable,
    ask: (answered: (answer: RequestAnswer) => void) => void,
  ): Promise<RequestAnswer> {
    return this.#waits.wait<RequestAnswer>(ask, op)
  }
}
