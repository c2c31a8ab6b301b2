/*
 * What the transfer of the next call will ask first, sent in the packet of the last command of the call before: one round
 * trip less for each of many small files. It must not know whether a call waits.
 */

import { clock } from '@net/core/authoring'

import type { DataConnections } from './data-connection.ts'
import type { Dialog } from './dialog.ts'
import type { FtpReply } from './reply.ts'

/** Knows which question the next transfer begins with, and keeps the answer for it. */
type Transfers = Pick<DataConnections, 'question' | 'toldAhead'>

/** The questions that one session asks ahead. */
export class Ahead {
  readonly #data: Transfers
  /** How many milliseconds they have spared: a trip each, without the wait for the second answer. */
  #saved = 0
  #owed = false

  constructor(data: Transfers) {
    this.#data = data
  }

  /** Whether what the server owes is only the answer for the next call. */
  get owed(): boolean {
    return this.#owed
  }

  /** Sends the last command of a call, and the question along with it unless that costs more than it spares. */
  async ask(dialog: Pick<Dialog, 'ask' | 'askAlong'>, command: string): Promise<FtpReply> {
    const { question } = this.#data
    if (question === undefined || this.#saved < LEAST) return dialog.ask(command)
    const times = { asked: clock().now(), answered: Infinity }
    const told = (next: FtpReply): void => {
      this.#count(times)
      this.#data.toldAhead(next)
    }
    const reply = await dialog.askAlong(command, question, told)
    times.answered = clock().now()
    // Set only now: a call that is stopped before this has replies of its own to come.
    this.#owed = true
    return reply
  }

  /** Nothing is owed any more. */
  settled(): void {
    this.#owed = false
  }

  #count({ asked, answered }: { readonly asked: number; readonly answered: number }): void {
    const now = clock().now()
    // Both answers may be here before the first has reached its call.
    const first = Math.min(answered, now)
    this.#saved += first - asked - (now - first)
  }
}

// A server that lets TCP gather its answers (Nagle) says the second one when the first was acknowledged, 40 ms later.
const LEAST = -100
