/*
 * The commands of one connection: how many there may be, and a channel of its own for each. Knows nothing of what a
 * command is fed or prints.
 */

import type { WaitingCall } from '@net/core/authoring'

import { SshChannelError } from '../errors.ts'
import type { PendingWaits, Stoppable } from './pending-waits.ts'
import { SessionPlaces, type ChannelPlace } from './session-places.ts'
import { SessionSlots } from './session-slots.ts'
import { Ssh2Command, type OutputReceiver, type RemoteCommand } from './ssh2-command.ts'
import type { EngineChannel, EngineClient } from './ssh2-types.ts'

/** What the connection does for its commands. */
export interface CommandChannels {
  /** Opens a session channel. */
  open(op: Stoppable): Promise<EngineChannel>
  /** Calls the holder's `lost` if the connection is lost before the channel is closed. */
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

  /** From here on so many commands run at once; with one, the next begins when the channel of the one before is closed. */
  atMost(count: number): void {
    this.#places.atMost(count)
  }

  /** Waits until the server may be asked to run one more command. */
  place(op: WaitingCall): ChannelPlace | Promise<ChannelPlace> {
    return this.#places.take(op)
  }

  /** A place for something that calls can do without, which is to be given back when `wanted` is called; undefined for none. */
  spare(wanted: () => void): ChannelPlace | undefined {
    return this.#places.spare(wanted)
  }

  /** Opens a channel for a command, in a place that was taken and is given back here. Nothing runs yet. */
  async open(place: ChannelPlace, output: OutputReceiver, op: Stoppable): Promise<RemoteCommand> {
    for (;;) {
      const question = this.#slots.ask()
      try {
        const channel = await this.#channels.open(op)
        this.#slots.opened(question)
        return this.#commandOn(channel, place, output)
      } catch (error) {
        const refusal = this.#slots.refused(error as Error, question)
        if (refusal === undefined) continue
        if (refusal instanceof SshChannelError) this.#places.full()
        place()
        throw refusal
      }
    }
  }

  #commandOn(channel: EngineChannel, place: ChannelPlace, output: OutputReceiver): RemoteCommand {
    const command = new Ssh2Command({ client: this.#client, waits: this.#waits }, channel, output)
    this.#channels.hold(channel, command)
    const release = (): void => {
      this.#slots.release()
      if (!this.#places.single) place()
    }
    command.ended.then(release, release)
    channel.on('close', place)
    return command
  }
}
