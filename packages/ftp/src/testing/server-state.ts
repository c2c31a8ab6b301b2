/* What the connections of one server share. Types only. */

import type { Dialer, Transport } from '@net/socket'

import type { SessionConfig } from './control-session.ts'
import type { FtpFaults } from './faults.ts'
import type { ServerTls } from './server-tls.ts'

/** The state of one server. */
export interface ServerState {
  readonly road: { readonly dialer: Dialer; readonly host: string }
  readonly config: SessionConfig
  readonly tls: ServerTls | undefined
  readonly implicit: boolean
  readonly requireSessionReuse: boolean
  readonly greeting: string
  readonly cutReply: string
  readonly faults: FtpFaults
  readonly received: string[]
  /** All connections that are open, control and data. */
  readonly open: Set<Transport>
  resumed: number
}
