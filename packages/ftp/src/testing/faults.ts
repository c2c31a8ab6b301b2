/* FtpFaults that a test asks a server for: which, when, and how often. It must not know how they are done. */

import { option } from '@net/core/authoring'
import { actionWith, FaultRules, type FaultWord } from '@net/socket/testing'

/** Sends this over the data connection in the place of what was asked for; then says `reply`, default 226. */
export interface SendAction {
  readonly send: string | Uint8Array
  readonly reply?: string | undefined
}

/** What goes wrong. Ends of connections: `drop` says goodbye to TCP (FIN), `reset` does not, `half-close` ends only our side. */
export type FtpFaultAction =
  | { readonly reply: string }
  | { readonly delay: number }
  | SendAction
  | FaultWord

/** One fault. */
export interface FtpFault {
  /**
   * The command that it happens to: the beginning of its line or a pattern. `GREETING` stands for the first words,
   * `TLS` for the handshake of the control connection. Default: the next command, whatever it is.
   */
  readonly on?: string | RegExp | undefined
  /** Happens on the command's data connection after so many bytes; default: in the place of the command's reply. */
  readonly after?: number | undefined
  /** How often; default 1. */
  readonly times?: number | undefined
  readonly do: FtpFaultAction
}

/** The faults that are still to happen. */
export class FtpFaults extends FaultRules<FtpFault> {
  constructor() {
    super({
      protocol: 'ftp',
      actions: [
        // It may have a reply as well.
        actionWith<SendAction>('send', {
          send: option.either<string | Uint8Array>([option.text, option.binary], 'text or bytes'),
          reply: option.text,
        }),
        actionWith<{ readonly reply: string }>('reply', { reply: option.text }),
      ],
    })
  }
}
