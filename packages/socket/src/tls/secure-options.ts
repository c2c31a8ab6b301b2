/* The options of one handshake, by which it belongs to a larger call. */

import type { Timeout } from '@net/core'
import { option, optionsDoor, type ClientContext, type OptionsDoor } from '@net/core/authoring'

/** Options of one handshake. */
export interface SecureOptions {
  /** Aborting it ends the handshake with an AbortError. */
  readonly signal?: AbortSignal | undefined
  /** Limits in milliseconds; `tls` is 10 s by default, a number limits the handshake as a whole. */
  readonly timeout?: Timeout | undefined
  /** The operation for which this is done. */
  readonly parent?: number | undefined
  /** The client for which this is done; it has the log. */
  readonly client?: ClientContext | undefined
  /** What errors call the other end; default `the server`. */
  readonly peer?: string | undefined
}

/** Reads them. Throws `NET_BAD_OPTION`. */
export const secureDoor: OptionsDoor<SecureOptions> = optionsDoor<SecureOptions>(
  { protocol: 'socket' },
  {
    signal: option.signal,
    timeout: option.timeout,
    parent: option.anything,
    client: option.anything,
    peer: option.text,
  },
)
