/* Faults that a test asks the server for: which, when, and how often. It must not know how they are done. */

import { option } from '@net/core/authoring'
import { actionWith, FaultRules, isFor, type FaultWord } from '@net/socket/testing'

/**
 * What goes wrong. `goodbye` ends the connection as SSH does (a DISCONNECT by the application), `drop` as TCP does, `reset`
 * without a word, `half-close` only our side of it. At `greeting`, where SSH has no words yet, `goodbye` and `reply` are as `drop`.
 */
export type SshFaultAction =
  | { readonly reply: 'failure' | 'close' }
  | { readonly delay: number }
  | 'goodbye'
  | FaultWord

/** One fault. */
export interface SshFault {
  /**
   * The step that it happens to, by the beginning of its name or a pattern: `greeting`, `kex`, `auth password ada`,
   * `open session`, `env LANG`, `pty xterm`, `exec ls`, `shell`, `subsystem netconf`, `exit ls`, `exit shell`,
   * `open 127.0.0.1:80`, `open /path`, `listen 127.0.0.1:0`, `cancel 127.0.0.1:8080`. A step that stalls is never
   * answered, while the connection lives on; `reply` refuses it, at steps of a session also by closing the channel that is
   * open already, and at `exit` leaves the exit status out.
   */
  readonly on?: string | RegExp | undefined
  /** Without `on`: happens to the next connection after so many bytes that the server sent. Default 0. */
  readonly after?: number | undefined
  /** How often; default 1. */
  readonly times?: number | undefined
  readonly do: SshFaultAction
}

/** The faults that are still to happen. */
export class SshFaults {
  readonly #rules = new FaultRules<SshFault>({
    protocol: 'ssh',
    actions: [
      actionWith<{ readonly reply: 'failure' | 'close' }>('reply', {
        reply: option.oneOf('failure', 'close'),
      }),
    ],
    words: ['goodbye'],
  })

  /** Arms a fault. Throws `NET_BAD_OPTION` for one that could never happen. */
  add(given: SshFault): void {
    this.#rules.add(given)
  }

  /** What happens to this step; it is used up by it. */
  at(step: string): SshFaultAction | undefined {
    return this.#rules.take((fault) => fault.on !== undefined && isFor(fault, step))?.do
  }

  /** The faults of the bytes of a new connection. */
  ofConnection(): readonly SshFault[] {
    const found: SshFault[] = []
    for (let next = this.#next(); next !== undefined; next = this.#next()) found.push(next)
    return found
  }

  /** Reports those that never happened. */
  end(): void {
    this.#rules.end()
  }

  #next(): SshFault | undefined {
    return this.#rules.take(({ on }) => on === undefined)
  }
}
