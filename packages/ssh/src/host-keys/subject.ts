/* The host whose key is to be checked, as known_hosts names it. */

/** The host whose key is to be checked. */
export interface HostKeySubject {
  /** As known_hosts has it: `host`, or `[host]:port` where the port is not 22. */
  readonly name: string
  /**
   * The host without its port, where the port is not 22: a key that is known under it is known as well, as for OpenSSH.
   * Undefined for `hostKeyAlias`.
   */
  readonly plainName?: string | undefined
  readonly signal: AbortSignal
}
