/* What a server tells of a file or folder, and of a transfer. Types only. */

import type { RemoteEntry } from '@net/core'

/** A file or folder on the server. */
export interface FtpEntry extends RemoteEntry {
  /** Its owner, where the server tells. */
  readonly user?: string
  /** Its group, where the server tells. */
  readonly group?: string
  /** The command that tells `modified`, where it is no fact of MLSD or MLST, which are UTC and exact to the second. */
  readonly modifiedFrom?: 'LIST' | 'MDTM'
  /**
   * How the zone of such a time is known: stated by the caller (`timeZone`) or by the server, measured by a file that was
   * written in this session, or assumed to be UTC as RFC 3659 wants it.
   */
  readonly modifiedZone?: 'stated' | 'measured' | 'assumed'
  /**
   * The bytes of `name`, where they are no text in the client's `encoding`. Each byte that is none is a lone surrogate
   * in `name` and `path` (U+DC80 to U+DCFF); calls with such a path send the bytes themselves.
   */
  readonly nameBytes?: Uint8Array
}

/** How a transfer went. */
export interface TransferResult {
  /** How many bytes this call moved. */
  readonly transferred: number
  /** The size of the whole file, in bytes. */
  readonly size: number
  /** Whether the server's SIZE agreed; false where the server does not tell a size. */
  readonly verified: boolean
  /** The server's last reply to the transfer; a mainframe says there which job it has made of the file. Absent where nothing had to be sent. */
  readonly reply?: string
  /** The name that the server chose (STOU), where it tells. */
  readonly path?: string
}
