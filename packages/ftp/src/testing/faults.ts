/* Faults that a test asks a server for: which, when, and how often. It must not know how they are done. */

/** What goes wrong. Ends of connections: `drop` says goodbye to TCP (FIN), `reset` does not, `half-close` ends only our side. */
export type FaultAction =
  | { readonly reply: string }
  | { readonly delay: number }
  /** Sends this over the data connection in the place of what was asked for; then says `reply`, default 226. */
  | { readonly send: string | Uint8Array; readonly reply?: string | undefined }
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

/** The faults that are still to happen. */
export class Faults {
  readonly #armed: { readonly fault: Fault; left: number }[] = []

  add(fault: Fault): void {
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
  return typeof on === 'string' ? line.toUpperCase().startsWith(on.toUpperCase()) : on.test(line)
}
