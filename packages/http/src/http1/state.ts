/*
 * Where each of the two sides is within an exchange, as one table. Whatever changes that is in this file; which of the two
 * sides we are, it does not know.
 *
 *   client   idle → sending → done → (next) idle
 *   server   idle → answering → sending → done → (next) idle
 *
 * Both go on to the next exchange together, once both are done and the connection is kept. `switched` is the end of HTTP on
 * a connection, `mustClose` what `done` becomes where it is not kept.
 */

import { netError } from '@net/core/authoring'

/** One of the two sides. */
export type Side = 'client' | 'server'

/** Where a side is. */
export type Stage = 'idle' | 'answering' | 'sending' | 'done' | 'mustClose' | 'switched' | 'closed'

/** What a side does. */
export type Step = 'request' | 'interim' | 'response' | 'data' | 'end' | 'switch' | 'close'

type Steps = { readonly [step in Step]?: Stage }

const TABLE: Readonly<Record<Side, Readonly<Record<Stage, Steps>>>> = {
  client: {
    idle: { request: 'sending', close: 'closed' },
    answering: {},
    sending: { data: 'sending', end: 'done' },
    done: { switch: 'switched', close: 'closed' },
    mustClose: { close: 'closed' },
    switched: {},
    closed: { close: 'closed' },
  },
  server: {
    // A server may answer what it could not read (408, 400).
    idle: { response: 'sending', close: 'closed' },
    answering: { interim: 'answering', response: 'sending', switch: 'switched' },
    sending: { data: 'sending', end: 'done' },
    done: { close: 'closed' },
    mustClose: { close: 'closed' },
    switched: {},
    closed: { close: 'closed' },
  },
}

/** The state of one connection. */
export class ExchangeState {
  #client: Stage = 'idle'
  #server: Stage = 'idle'
  #isKept = true

  /** Where the client is. */
  get client(): Stage {
    return this.#client
  }

  /** Where the server is. */
  get server(): Stage {
    return this.#server
  }

  /** Whether both sides are done, and the next exchange may begin. */
  get mayGoOn(): boolean {
    return this.#client === 'done' && this.#server === 'done' && this.#isKept
  }

  /** One side does something. Throws `NET_PROTO_UNEXPECTED` if it is not its turn. */
  step(side: Side, step: Step): void {
    const stage = side === 'client' ? this.#client : this.#server
    const next = TABLE[side][stage][step]
    if (next === undefined) throw outOfTurn(side, stage, step)
    if (side === 'client') this.#client = this.#settled(next)
    else this.#server = this.#settled(next)
    if (step === 'request') this.#server = 'answering'
    if (step === 'switch') this.#client = 'switched'
  }

  /** One of the two has said that the connection ends with this exchange. */
  keepNot(): void {
    this.#isKept = false
    this.#client = this.#settled(this.#client)
    this.#server = this.#settled(this.#server)
  }

  /** Both sides begin the next exchange, if they may. */
  goOn(): void {
    this.#client = 'idle'
    this.#server = 'idle'
  }

  #settled(stage: Stage): Stage {
    return stage === 'done' && !this.#isKept ? 'mustClose' : stage
  }
}

function outOfTurn(side: Side, stage: Stage, step: Step): Error {
  const message =
    side === 'server' && stage !== 'closed'
      ? 'the server sent a response without a request'
      : `the ${side} is ${stage}, and cannot send ${step} now`
  return netError('NET_PROTO_UNEXPECTED', { message })
}
