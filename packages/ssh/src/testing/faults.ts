/* Faults that a test asks the server for: which, when, and how often. It must not know how they are done. */

import {
  option,
  optionsDoor,
  optionsObject,
  shape,
  type OptionsDoor,
  type Shape,
} from '@net/core/authoring'

/**
 * What goes wrong. `goodbye` ends the connection as SSH does (a DISCONNECT by the application), `drop` as TCP does, `reset`
 * without a word, `half-close` only our side of it.
 */
export type SshFaultAction =
  | { readonly reply: 'failure' | 'close' }
  | { readonly delay: number }
  | 'goodbye'
  | 'drop'
  | 'reset'
  | 'stall'
  | 'half-close'
  | 'garbage'

/** One fault. */
export interface SshFault {
  /**
   * The step that it happens to, by the beginning of its name or a pattern: `greeting`, `kex`, `auth password ada`,
   * `open session`, `exec ls`, `exit ls`, `open 127.0.0.1:80`. A step that stalls is never answered, while the
   * connection lives on; `reply` refuses it, at `open session` and `exec` also by closing the channel that is open
   * already, and at `exit` leaves the exit status out.
   */
  readonly on?: string | RegExp | undefined
  /** Without `on`: happens to the next connection after so many bytes that the server sent. Default 0. */
  readonly after?: number | undefined
  /** How often; default 1. */
  readonly times?: number | undefined
  readonly do: SshFaultAction
}

const action: Shape<SshFaultAction> = option.either<SshFaultAction>(
  [
    option.oneOf('goodbye', 'drop', 'reset', 'stall', 'half-close', 'garbage'),
    withKey('reply', option.oneOf('failure', 'close')),
    withKey('delay', option.milliseconds),
  ],
  "{ reply }, { delay }, 'goodbye', 'drop', 'reset', 'stall', 'half-close' or 'garbage'",
)

const faultOptions: OptionsDoor<SshFault> = optionsDoor<SshFault>(
  { protocol: 'ssh', call: 'fail' },
  {
    on: shape<string | RegExp>(
      'a string or a pattern',
      (value) => typeof value === 'string' || value instanceof RegExp,
    ),
    after: option.bytes,
    times: option.count,
    do: option.required(action),
  },
)

/** An object of one option. */
function withKey<K extends string, V>(key: K, value: Shape<V>): Shape<{ readonly [P in K]: V }> {
  const taken = optionsObject<{ readonly [P in K]: V }>({ [key]: value } as never)
  return {
    ...taken,
    fits: (given) => Object.hasOwn(Object(given) as object, key),
    take: (...given) => taken.take(...given),
  }
}

/** The faults that are still to happen. */
export class SshFaults {
  readonly #armed: { readonly fault: SshFault; left: number }[] = []

  /** Arms a fault. Throws `NET_BAD_OPTION` for one that could never happen. */
  add(given: SshFault): void {
    const fault = faultOptions(given)
    this.#armed.push({ fault, left: fault.times ?? 1 })
  }

  /** What happens to this step; it is used up by it. */
  at(step: string): SshFaultAction | undefined {
    return this.#take(({ on }) => on !== undefined && fits(on, step))?.do
  }

  /** The faults of the bytes of a new connection. */
  ofConnection(): readonly SshFault[] {
    const found: SshFault[] = []
    for (let next = this.#next(); next !== undefined; next = this.#next()) found.push(next)
    return found
  }

  #next(): SshFault | undefined {
    return this.#take(({ on }) => on === undefined)
  }

  #take(wanted: (fault: SshFault) => boolean): SshFault | undefined {
    const found = this.#armed.find(({ fault, left }) => left > 0 && wanted(fault))
    if (found === undefined) return undefined
    found.left -= 1
    return found.fault
  }
}

function fits(on: string | RegExp, step: string): boolean {
  return typeof on === 'string' ? step.startsWith(on) : on.test(step)
}
