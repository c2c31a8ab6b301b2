/* How a connection of HTTP/1.1 speaks. */

import type { ForwardingProxy } from '@net/socket'

import type { ClientCodecOptions } from './client-codec.ts'

/** How a connection speaks. */
export interface Http1Options extends ClientCodecOptions {
  /** What `Host` says: the URL's host, and its port unless that is the scheme's. */
  readonly host: string
  /** For how many milliseconds it is kept unused; default 4,000, or what the server says, at most 10 minutes. */
  readonly idleTime?: number | undefined
  /** The proxy at the other end, which passes the requests on. */
  readonly forwarding?: ForwardingProxy | undefined
}
