/*
 * A client over one session of commands, one call at a time: what is the same in each such protocol, whatever its verbs
 * are. It must not know what a command means.
 */

import type { CallOptions, NetError } from '@net/core'
import type { Attempt, Operation } from '@net/core/authoring'

import { ClientFrame, type Verb } from './client-frame.ts'
import type { Commands } from './commands.ts'
import type { ClientIdentity } from './open.ts'
import { Turns } from './turns.ts'

/** The calls of one client over one session. */
export class CommandClient<R> {
  readonly #commands: Commands<R>
  readonly #frame: ClientFrame
  readonly #turns = new Turns()

  constructor(identity: ClientIdentity, commands: Commands<R>) {
    this.#commands = commands
    this.#frame = new ClientFrame(identity, {
      get ended() {
        return commands.ended
      },
      get usable() {
        return !commands.ended
      },
      cut(error) {
        commands.lose(error)
        commands.transport.abort(error)
      },
    })
  }

  /** Settles once the session is over, with what took it, or undefined after an orderly end; never rejects. */
  get closed(): Promise<NetError | undefined> {
    return this.#commands.closed
  }

  /**
   * One call of a verb: `run` has the session for itself. An abort or a limit in the middle of it ends the session, since
   * it would be unknown which reply is whose; later calls then reject with an error that is `safe` to repeat.
   */
  call<T>(
    verb: Verb,
    options: CallOptions | undefined,
    run: (commands: Commands<R>, op: Operation, attempt: Attempt) => Promise<T>,
  ): Promise<T> {
    const commands = this.#commands
    return this.#frame.call(verb, options, (op, attempt) =>
      this.#turns.run(op, () => commands.during(op, () => run(commands, op, attempt))),
    )
  }

  /** Says `goodbye` once the calls under way have ended; what is not done within `grace` ms, 2,000 by default, is cut off. Never rejects. */
  close(grace: number | undefined, goodbye: string): Promise<void> {
    const commands = this.#commands
    return this.#frame.close(grace, (op) =>
      this.#turns.run(op, () => commands.during(op, () => commands.quit(goodbye))),
    )
  }
}
