/* Rules of the protocol that the embedded server breaks on demand. */

/** Rules that a server breaks. */
export interface ServerQuirks {
  /** What the server calls itself, such as `OpenSSH_9.9`. */
  readonly software?: string | undefined
  /** The `maximum packet size` in the answer to an opened channel. */
  readonly packetSize?: number | undefined
  /** Whether variables are taken; default true. */
  readonly env?: boolean | undefined
  /**
   * When a command, shell or subsystem is answered: `late` behind the first of its output, `refused` likewise but with no,
   * `never` not at all. Default before it begins.
   */
  readonly answer?: 'late' | 'refused' | 'never' | undefined
  /** The address that a forwarded connection names, in place of the one that was asked for. */
  readonly forwardedAs?: string | undefined
  /**
   * `window`: sends whether there is room or not. `end`: an exec sends data after the end of its output. `channel`: an
   * exec sends data for a channel that was never opened. `close`: an exec ends, but its channel is never closed.
   */
  readonly breaks?: 'window' | 'end' | 'channel' | 'close' | undefined
}
