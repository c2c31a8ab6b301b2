/* Faults that a test asks a server for: which, when, and how often. It must not know how they are done. */

import {
  option,
  optionsDoor,
  optionsObject,
  shape,
  type OptionsDoor,
  type OptionTable,
  type Shape,
} from '@net/core/authoring'

/** Sends this over the data connection in the place of what was asked for; then says `reply`, default 226. */
export interface SendAction {
  readonly send: string | Uint8Array
  readonly reply?: string | undefined
}

/** What goes wrong. Ends of connections: `drop` says goodbye to TCP (FIN), `reset` does not, `half-close` ends only our side. */
export type FaultAction =
  | { readonly reply: string }
  | { readonly delay: number }
  | SendAction
  | 'drop'
  | 'reset'
  | 'stall'
  | 'half-close'
  | 'garbage'

/** One fault. */
export interface Fault {
  /**
   * The command that it happens to: the beginning of its line or a pattern. `GREETING` stands for the first words,
   * `TLS` for the handshake of the control connection. Default: the next command, whatever it is.
   */
  readonly on?: string | RegExp | undefined
  /** Happens on the command's data connection after so many bytes; default: in the place of the command's reply. */
  readonly after?: number | undefined
  /** How often; default 1. */
  readonly times?: number | undefined
  readonly do: FaultAction
}

const action: Shape<FaultAction> = option.either<FaultAction>(
  [
    option.oneOf('drop', 'reset', 'stall', 'half-close', 'garbage'),
    withKey<{ readonly delay: number }>('delay', { delay: option.milliseconds }),
    // It may have a reply as well.
    withKey<SendAction>('send', {
      send: option.either<string | Uint8Array>([option.text, option.binary], 'text or bytes'),
      reply: option.text,
    }),
    withKey<{ readonly reply: string }>('reply', { reply: option.text }),
  ],
  "{ reply }, { delay }, { send }, 'drop', 'reset', 'stall', 'half-close' or 'garbage'",
)

const faultOptions: OptionsDoor<Fault> = optionsDoor<Fault>(
  { protocol: 'ftp', call: 'fail' },
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

/** An object of options that has this one. */
function withKey<T extends object>(key: keyof T & string, table: OptionTable<T>): Shape<T> {
  const taken = optionsObject<T>(table)
  return {
    ...taken,
    fits: (given) => Object.hasOwn(Object(given) as object, key),
    take: (...given) => taken.take(...given),
  }
}

/** The faults that are still to happen. */
export class Faults {
  readonly #armed: { readonly fault: Fault; left: number }[] = []

  /** Arms a fault. Throws `NET_BAD_OPTION` for one that could never strike, or would do nothing. */
  add(given: Fault): void {
    const fault = faultOptions(given)
    this.#armed.push({ fault, left: fault.times ?? 1 })
  }

  /** The fault for this command, which is used up by it. */
  take(line: string): Fault | undefined {
    const found = this.#armed.find(({ fault, left }) => left > 0 && fits(fault, line))
    if (found === undefined) return undefined
    found.left -= 1
    return found.fault
  }
}

function fits({ on }: Fault, line: string): boolean {
  if (on === undefined) return true
  if (typeof on === 'string') return line.toUpperCase().startsWith(on.toUpperCase())
  // A pattern with `g` or `y` remembers where it was.
  return new RegExp(on.source, on.flags.replaceAll(/[gy]/g, '')).test(line)
}
