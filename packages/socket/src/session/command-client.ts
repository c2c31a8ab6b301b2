/*
 * A client over one session of commands, one call at a time: what is the same in each such protocol, whatever its verbs
 * are. It must not know what a command means.
 */

import type { CallOptions, NetError } from '@net/core'
import {
  inCall,
  option,
  optionsDoor,
  type Attempt,
  type Operation,
  type TakeTurn,
} from '@net/core/authoring'

import { ClientFrame, type Verb } from './client-frame.ts'
import type { Commands } from './commands.ts'
import type { ClientIdentity } from './open.ts'
import { Turns } from './turns.ts'

/** The calls of one client over one session. */
export class CommandClient<R> {
  /** Settles once the session is over, with what took it, or undefined after `close`; never rejects. */
  readonly closed: Promise<NetError | undefined>
  readonly #identity: ClientIdentity
  readonly #commands: Commands<R>
  readonly #frame: ClientFrame
  readonly #turns = new Turns()
  readonly #take: TakeTurn = (op) => this.#turns.take(op)
  readonly #follow: TakeTurn = (op) => this.#turns.take(op, true)

  constructor(identity: ClientIdentity, commands: Commands<R>) {
    this.#identity = identity
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
    this.closed = this.#frame.endOf(commands.closed)
  }

  /**
   * One call of a verb: `run` has the session for itself. An abort or a limit in the middle of it ends the session, since
   * it would be unknown which reply is whose; later calls then reject with an error that is `safe` to repeat. The options
   * are those that every call has: they pass their door here, and a verb that has options of its own takes them out
   * first. With `follows` it may begin while a call before it waits for nothing but its last reply, and has passed its turn on
   * by the function that `run` gets. Rejects with `NET_BAD_OPTION`, which names the verb, before anything is sent.
   */
  call<T>(
    verb: Verb,
    options: CallOptions | undefined,
    run: Run<R, T>,
    follows = false,
  ): Promise<T> {
    const commands = this.#commands
    const { protocol } = this.#identity
    let taken: CallOptions
    try {
      taken = inCall({ protocol, call: verb.operation }, () => callDoor(options))
    } catch (error) {
      return Promise.reject(error)
    }
    const take = follows ? this.#follow : this.#take
    return this.#frame.callInTurn(verb, taken, take, (op, attempt, leave) =>
      this.#turns.use(leave, (passOn) =>
        commands.during(op, () => run(commands, op, attempt, passOn)),
      ),
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

/** What a call does in its turn. `passOn` lets the next call begin, if that follows; it says whether one does. */
type Run<R, T> = (
  commands: Commands<R>,
  op: Operation,
  attempt: Attempt,
  passOn: () => boolean,
) => Promise<T>

const callDoor = optionsDoor<CallOptions>({}, option.perCall)
