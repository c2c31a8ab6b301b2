// What each protocol gives to a soak: its servers for one round, and what a client of it does again and again.
import type { CallOptions, NetError } from '@net/core'
import type { Dialer } from '@net/socket'
import type { Certificates } from '@net/socket/testing'

import type { Random } from './random.ts'

/** A protocol in the soak. */
export interface Workload {
  readonly name: string
  /** How many workers are busy with it at once. */
  readonly workers: number
  /** Starts its servers. */
  open(site: Site): Promise<Worksite>
}

/** What all protocols of a round share. */
export interface Site {
  readonly random: Random
  readonly certificates: Certificates
  /** Notes something that must not be. */
  wrong(what: string): void
}

/** The servers of one protocol, for one round. Disposing ends them. */
export interface Worksite extends AsyncDisposable {
  /** How many connections the servers have open. */
  readonly connections: number
  /** What one client does from connecting to closing. */
  work(worker: Worker): Promise<void>
  /** Once no worker is busy: compares what the servers hold with what the clients were told. */
  audit?(): void
}

/** Who works. */
export interface Worker {
  readonly random: Random
  /** The road to use; a sealed one also garbles bytes, for what runs under TLS or SSH. */
  road(sealed: boolean): Dialer
  /** Makes one call with limits and perhaps an abort; its NetError is counted and given back. */
  attempt(
    what: string,
    call: (options: CallOptions) => Promise<void>,
  ): Promise<NetError | undefined>
}
