/*
 * One call's talk with the server: its operation and the control connection in one hand, so that a verb reads like
 * the commands it sends.
 */

import type { NetError } from '@net/core'
import type { Attempt, Operation } from '@net/core/authoring'

import type { Control, CommandReplies } from './control.ts'
import { midwayError, replyError } from './errors.ts'
import { isPositive, type FtpReply } from './reply.ts'

/** What a call works with while it has its turn. */
export class Dialog {
  readonly op: Operation
  readonly control: Control
  readonly #attempt: Attempt | undefined
  /** How many commands were sent on whose outcome the call depends, and the last of them. */
  #works = 0
  #work: string | undefined

  constructor(op: Operation, control: Control, attempt?: Attempt) {
    this.op = op
    this.control = control
    this.#attempt = attempt
  }

  /** Sends a command that changes nothing and gives its last reply, whatever it says, except 421. */
  async ask(command: string, shown?: string): Promise<FtpReply> {
    const reply = await this.control.ask(this.op, command, shown)
    if (reply.status === SHUTDOWN) throw this.refusal(reply, command)
    return reply
  }

  /** As `ask`; another command that changes nothing goes along, to whose reply `told` listens, and which is owed then. */
  async askAlong(
    command: string,
    next: string,
    told: (reply: FtpReply) => void,
  ): Promise<FtpReply> {
    const reply = await this.control.askAlong(this.op, command, next, told)
    if (reply.status === SHUTDOWN) throw this.refusal(reply, command)
    return reply
  }

  /** Sends several commands that change nothing of the server's files in one packet, and gives the last reply to each. */
  async askTogether(commands: readonly string[]): Promise<readonly FtpReply[]> {
    const replies = await this.control.askTogether(this.op, commands)
    for (const [at, reply] of replies.entries()) {
      if (reply.status === SHUTDOWN) throw this.refusal(reply, commands[at] ?? '')
    }
    return replies
  }

  /** Sends a command on whose outcome the call depends: a loss from here on leaves it unknown. Rejects unless the server did it. */
  async command(command: string): Promise<FtpReply> {
    this.#sends(command)
    return accepted(await this.ask(command), command)
  }

  /** As `command`, but whatever the server says is the result. */
  work(command: string): Promise<FtpReply> {
    this.#sends(command)
    return this.ask(command)
  }

  /** As `ask`, but rejects unless the server did it. */
  async prepare(command: string): Promise<FtpReply> {
    return accepted(await this.ask(command), command)
  }

  /** Sends the command of a transfer. */
  begin(command: string): CommandReplies {
    this.#sends(command)
    return this.control.begin(this.op, command)
  }

  /** The error for a refusal of the command. A goodbye says that it was not taken, but nothing of those before it. */
  refusal(reply: FtpReply, command: string): NetError {
    const isOnly = this.#works === 0 || (this.#works === 1 && this.#work === command)
    return isOnly ? replyError(reply, verbOf(command)) : midwayError(reply, verbOf(command))
  }

  #sends(command: string): void {
    this.#works += 1
    this.#work = command
    this.#attempt?.sent()
  }
}

/** The reply if it is positive. Throws the error for it otherwise. */
export function accepted(reply: FtpReply, command: string): FtpReply {
  if (isPositive(reply)) return reply
  throw replyError(reply, verbOf(command))
}

/** The verb of a command line. */
export function verbOf(command: string): string {
  return command.split(' ', 1)[0] ?? command
}

const SHUTDOWN = 421
