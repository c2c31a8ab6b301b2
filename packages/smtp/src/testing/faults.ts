/* The faults of an embedded server: what it does wrong, and when. */

import {
  netError,
  option,
  optionsDoor,
  shape,
  type OptionsDoor,
  type Shape,
} from '@net/core/authoring'

/** A fault: when it strikes, how often, and what happens then. */
export interface SmtpFault {
  /**
   * The command that it takes the place of: the beginning of its line in any case, or a pattern. Apart from the lines
   * of the client these are `greeting`, `tls` for the handshake, and `.` for the end of a message. Default any line.
   */
  readonly on?: string | RegExp | undefined
  /** Strikes when the connection has brought so many bytes, instead of at a command. */
  readonly after?: number | undefined
  /** How often it strikes; default 1. */
  readonly times?: number | undefined
  /**
   * A reply instead of the right one, the right one later (in milliseconds), or: `drop` ends the connection, `reset`
   * resets it, `stall` says nothing more, `half-close` ends our direction, `garbage` sends nonsense.
   */
  readonly do:
    | { readonly reply: string }
    | { readonly delay: number }
    | 'drop'
    | 'reset'
    | 'stall'
    | 'half-close'
    | 'garbage'
}

const faultOptions: OptionsDoor<SmtpFault> = optionsDoor<SmtpFault>(
  { protocol: 'smtp', call: 'fail' },
  {
    on: option.either<string | RegExp>([option.text, pattern()], 'a string or a pattern'),
    after: option.bytes,
    times: option.count,
    do: option.required(
      option.either<SmtpFault['do']>(
        [
          option.oneOf('drop', 'reset', 'stall', 'half-close', 'garbage'),
          oneKey('reply', option.text),
          oneKey('delay', option.milliseconds),
        ],
        "{ reply }, { delay }, 'drop', 'reset', 'stall', 'half-close' or 'garbage'",
      ),
    ),
  },
)

/** The faults that are still to come. */
export class Faults {
  readonly #armed: { readonly fault: SmtpFault; left: number }[] = []

  /** Arms a fault. Throws `NET_BAD_OPTION` for one that could never strike, or would do nothing. */
  add(given: SmtpFault): void {
    const fault = faultOptions(given)
    if (fault.on !== undefined && fault.after !== undefined) {
      throw netError('NET_BAD_OPTION', {
        message: 'a fault strikes at a command (on) or after bytes (after), not both',
        protocol: 'smtp',
        operation: 'fail',
      })
    }
    this.#armed.push({ fault, left: fault.times ?? 1 })
  }

  /** The fault that strikes at this line. */
  at(line: string): SmtpFault['do'] | undefined {
    return this.#take((fault) => fault.after === undefined && matches(fault.on, line))
  }

  /** The fault that strikes once so many bytes have come. */
  after(bytes: number): SmtpFault['do'] | undefined {
    return this.#take((fault) => fault.after !== undefined && bytes >= fault.after)
  }

  #take(strikes: (fault: SmtpFault) => boolean): SmtpFault['do'] | undefined {
    const armed = this.#armed.find(({ fault, left }) => left > 0 && strikes(fault))
    if (armed === undefined) return undefined
    armed.left -= 1
    return armed.fault.do
  }
}

function pattern(): Shape<RegExp> {
  return shape('a pattern', (value) => value instanceof RegExp)
}

/** An object with this one key. */
function oneKey<K extends string, T>(key: K, of: Shape<T>): Shape<{ readonly [P in K]: T }> {
  return shape(`{ ${key} }`, (value) => {
    if (typeof value !== 'object' || value === null) return false
    const keys = Object.keys(value)
    return keys.length === 1 && keys[0] === key && of.fits(Reflect.get(value, key))
  })
}

function matches(on: string | RegExp | undefined, line: string): boolean {
  if (on === undefined) return !PSEUDO.has(line)
  if (typeof on !== 'string')
    return new RegExp(on.source, on.flags.replaceAll(/[gy]/g, '')).test(line)
  return line.toLowerCase().startsWith(on.toLowerCase())
}

const PSEUDO: ReadonlySet<string> = new Set(['greeting', 'tls'])
