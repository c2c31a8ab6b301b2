/* What the calls of one client have in common. */

import type { ClientContext } from '@net/core/authoring'

/** Who a client is, and whom it talks to. */
export interface ClientIdentity {
  readonly client: ClientContext
  /** As `host:port` or the path of a socket. */
  readonly endpoint: string
}
