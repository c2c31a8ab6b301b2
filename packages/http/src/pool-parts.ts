/* What the pool of one origin is made of, and what it keeps of the calls that wait. */

import type { ClientContext } from '@net/core/authoring'

import type { HttpConnection } from './connection.ts'
import type { SharedLimits } from './connection-limits.ts'

/** The call that made a connection, for events. */
export interface Maker {
  readonly id: number
  readonly operation: string
}

/** Undefined: leave to connect. */
export type Grant = HttpConnection | undefined

export interface Wait {
  /** Whether it must be a connection that was not used before. */
  readonly fresh: boolean
  /** Its number among all that have waited. */
  readonly since: number
}

export interface PoolParts {
  /** For events: host, and the port unless it is the scheme's. */
  readonly endpoint: string
  readonly limit: number
  readonly shared: SharedLimits
  readonly client: ClientContext
  readonly mayShare: boolean
  readonly emptied: () => void
}
