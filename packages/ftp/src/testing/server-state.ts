/* What the connections of one server share. Types only. */

import type { Dialer, Transport } from '@net/socket'

import type { SessionConfig } from './session-config.ts'
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
  /** Bytes a second of one data connection. */
  readonly rate: number
  /** How many control connections there may be. */
  readonly maxConnections: number
  readonly faults: FtpFaults
  readonly received: string[]
  /** All connections that are open, control and data. */
  readonly open: Set<Transport>
  /** How many control connections are served. */
  served: number
  resumed: number
}
