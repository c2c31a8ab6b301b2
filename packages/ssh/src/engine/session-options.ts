/* What a connection is given when it begins. */

import type { Duplex } from 'node:stream'

import type { Algorithms } from '../algorithm-names.ts'
import type { Variable } from '../command-line.ts'
import type { HostKey } from '../host-keys/host-key.ts'
import type { KeepAliveOptions } from '../keep-alive.ts'
import type { RekeyOptions } from '../rekey-watch.ts'

/** The options of a connection. */
export interface SessionOptions {
  readonly user: string
  readonly algorithms: Algorithms
  readonly keepAlive: KeepAliveOptions | false
  /** When new keys are agreed on. */
  readonly rekey?: RekeyOptions | undefined
  /** Leads to the agent that the server may use; undefined for none. */
  readonly reachAgent?: (() => Promise<Duplex>) | undefined
  /** Whether what is sent may be compressed. Default false. */
  readonly compress?: boolean | undefined
  /** Offered to the server with everything that runs; those that are too long for a packet are not. */
  readonly variables?: readonly Variable[] | undefined
  /**
   * Rejects unless the key is to be trusted. Asked before anything of a login is sent. `offered` are the algorithms that
   * the server has keys for.
   */
  checkHostKey(key: HostKey, offered: readonly string[]): Promise<void>
  /** Called with the text that the server shows before the login. */
  onBanner(text: string): void
  /** Called with the keys that the server says it has, in wire format; nothing is proved of them yet. */
  onHostKeys?(blobs: readonly Uint8Array[]): void
}
