/* TCP's own question whether a silent peer is still there (RFC 9293, section 3.8.4). */

import type { Socket } from 'node:net'

import { option, optionsObject, own, type Shape } from '@net/core/authoring'

/** How TCP asks a silent peer; what it gets no answer to ends the connection with `NET_TIMEOUT_KEEPALIVE`. */
export interface KeepAlive {
  /** Milliseconds of silence before the first question; default 60,000. */
  readonly idle?: number | undefined
  /** Milliseconds between questions, in steps of 1,000; default 1,000. Node 22 leaves it to the system. */
  readonly interval?: number | undefined
  /** How many questions may stay without an answer; default 10. Node 22 leaves it to the system. */
  readonly count?: number | undefined
}

/** A number is `idle`; false means that nothing is asked. Default 60,000. */
export type KeepAliveOption = number | KeepAlive | false

/** When TCP asks a silent peer. */
export const keepAlive: Shape<KeepAliveOption> = option.either<KeepAliveOption>(
  [
    option.limit,
    option.oneOf(false),
    optionsObject<KeepAlive>({
      idle: option.limit,
      interval: option.limit,
      count: option.count,
    }),
  ],
  'a number of milliseconds above 0, { idle, interval, count } or false',
)

/** Sets it on a socket that is connected; those that are not TCP ignore it. */
export function applyKeepAlive(socket: Socket, option: KeepAliveOption | undefined): void {
  if (option === false) return
  if (typeof option === 'object') {
    const idle = own(option, 'idle') ?? IDLE
    socket.setKeepAlive(true, idle, own(option, 'interval'), own(option, 'count'))
  } else socket.setKeepAlive(true, option ?? IDLE)
}

const IDLE = 60_000
