/* The faults of an embedded server: what it does wrong, and when. */

import { netError, option } from '@net/core/authoring'
import { actionWith, FaultRules, isFor, type FaultRule, type FaultWord } from '@net/socket/testing'

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
  readonly do: { readonly reply: string } | { readonly delay: number } | FaultWord
}

/** The faults that are still to come. */
export class SmtpFaults {
  readonly #rules = new FaultRules<SmtpFault>({
    protocol: 'smtp',
    actions: [actionWith<{ readonly reply: string }>('reply', { reply: option.text })],
    check: refuseTwoPlaces,
  })

  /** Arms a fault. Throws `NET_BAD_OPTION` for one that could never strike, or would do nothing. */
  add(given: SmtpFault): void {
    this.#rules.add(given)
  }

  /** The fault that strikes at this line. */
  at(line: string): SmtpFault['do'] | undefined {
    return this.#rules.take((fault) => {
      if (fault.after !== undefined) return false
      return fault.on === undefined ? !PSEUDO.has(line) : isFor(fault, line)
    })?.do
  }

  /** The fault that strikes once so many bytes have come. */
  after(bytes: number): SmtpFault['do'] | undefined {
    return this.#rules.take(({ after }) => after !== undefined && bytes >= after)?.do
  }

  /** Reports those that never struck. */
  end(): void {
    this.#rules.end()
  }
}

function refuseTwoPlaces({ on, after }: FaultRule<unknown>): void {
  if (on === undefined || after === undefined) return
  throw netError('NET_BAD_OPTION', {
    message: 'a fault strikes at a command (on) or after bytes (after), not both',
    protocol: 'smtp',
    operation: 'fail',
  })
}

const PSEUDO: ReadonlySet<string> = new Set(['greeting', 'tls'])
