/* What a session knows of the clock by which the server tells times. How that is asked stands elsewhere. */

import { clock } from '@net/core/authoring'

import type { FtpEntry } from './entry.ts'
import type { TimeZone } from './time-zone.ts'

/** A clock of a server. */
export interface ServerClock {
  readonly zone: TimeZone
  /** As an entry tells it. */
  readonly known: NonNullable<FtpEntry['modifiedZone']>
}

/** A file that the server wrote while our clock went from one time to the other, in milliseconds since 1970. */
export interface Written {
  readonly path: string
  /** In which paths began. */
  readonly folder: string | undefined
  readonly from: number
  readonly to: number
}

/** What all sessions of a client know. */
export interface SharedTimes {
  /** The zone of the server, where the caller states it. */
  readonly zone?: TimeZone | undefined
  /** The last file of which we know when it was written, while it has that time. */
  written?: Written | undefined
}

/** What one session knows: vsftpd keeps the offset that it had when the session began. */
export class SessionTimes {
  /** When the session began. */
  readonly opened: number = clock().date()
  /** How far MDTM is ahead of our clock, once that was measured. */
  measured: number | 'unclear' | undefined
  /** Whether the server is vsftpd, once it was asked. */
  isVsftpd: boolean | undefined
  readonly #shared: SharedTimes

  constructor(shared: SharedTimes = {}) {
    this.#shared = shared
  }

  get zone(): TimeZone | undefined {
    return this.#shared.zone
  }

  get written(): Written | undefined {
    return this.#shared.written
  }

  /** Of what was written for long, no time is known well enough. */
  wrote(written: Written): void {
    this.#shared.written = written.to - written.from > LONGEST ? undefined : written
  }

  /** The file has another name. */
  renamed(from: string, to: string): void {
    const { written } = this.#shared
    if (written?.path === from) this.#shared.written = { ...written, path: to }
    else if (written?.path === to) this.forget()
  }

  /** The file may have another time. */
  forget(): void {
    this.#shared.written = undefined
  }
}

const LONGEST = 300_000
