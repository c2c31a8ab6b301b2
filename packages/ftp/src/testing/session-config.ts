/* What the sessions of a server have in common. Types only. */

import type { MemoryFiles } from '@net/core/testing'

import type { Permission } from './user-tree.ts'

/** What a session serves, and to whom. */
export interface SessionConfig {
  readonly files: MemoryFiles
  /** How names are written in bytes. */
  readonly encoding: 'utf8' | 'latin1'
  /** Passwords by user. Default: only `anonymous` and `ftp` may log in, with any password. */
  readonly users?: Readonly<Record<string, string>> | undefined
  /** Commands that this server does not know. */
  readonly without?: readonly string[] | undefined
  /** Whether TLS is there. */
  readonly tls: boolean
  /** Refuses a login, and data, that TLS does not protect. */
  readonly requireTls?: boolean | undefined
  /** Paths below which something is not allowed; the longest that fits counts. Default all is allowed. */
  readonly permissions?: Readonly<Record<string, Permission>> | undefined
  /** The folder that is the root of a user. Default the root. */
  readonly homes?: Readonly<Record<string, string>> | undefined
  /** The most bytes of all files together. Default any number. */
  readonly quota?: number | undefined
  /** Refuses RNTO onto a name that is taken, as IIS does. */
  readonly keepsOnRename?: boolean | undefined
  /** Lists entries whose names begin with a dot only for `LIST -a`, as most do. Default false: always. */
  readonly hidesDots?: boolean | undefined
  /** Cuts a file off behind what REST and STOR wrote, as pure-ftpd does. Default false: what was behind it stays. */
  readonly cutsAtRestart?: boolean | undefined
  /** In which format LIST is written. Default `unix`. */
  readonly listing?: 'unix' | 'dos' | undefined
  /** Forgets the offset of REST when the next command is not the transfer. */
  readonly forgetsRestart?: boolean | undefined
  /** Refuses everything but RNTO behind RNFR, as ProFTPD does. */
  readonly holdsRename?: boolean | undefined
}
