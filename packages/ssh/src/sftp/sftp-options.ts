/* The options of `sftp()` and of each call on what it gives. Types only. */

import type { CallOptions } from '@net/core'

import type { SftpEncoding } from './name-text.ts'

/** Options of `sftp()`. */
export interface SftpOptions extends CallOptions {
  /**
   * How the server writes names. Default `'utf8'`; a name that is no UTF-8 can be used all the same, and its entry has
   * `nameBytes`. `'latin1'` is for servers of which all names are ISO 8859-1.
   */
  readonly encoding?: SftpEncoding | undefined
  /** A command that is run in place of the subsystem `sftp`, such as `sudo /usr/lib/openssh/sftp-server`. */
  readonly command?: string | undefined
  /** Opens a new channel for the next call where the server has ended the one before; the connection must live. Default false. */
  readonly reconnect?: boolean | undefined
}

/** Options of `upload` and `writeFile`. */
export interface SftpUploadOptions extends CallOptions {
  /**
   * Writes to the file itself, which is neither the old nor the new one while it is written. Default false: to `path.part`,
   * which takes the file's name when it is whole. Two calls that write one path at once are `NET_BUSY`.
   */
  readonly inPlace?: boolean | undefined
  /**
   * Goes on behind what an earlier upload left in `path.part`, if all of that is the beginning of the source; otherwise from
   * the start. What a failed upload leaves there is kept then. The source must be one that can be read again. Default false.
   */
  readonly resume?: boolean | undefined
  /** The mode of the file, where the server makes one. Default that of the file it replaces, or the server's own. */
  readonly mode?: number | undefined
  /** Gives the file the times and the mode of the local one; for `fromFile` alone. Default false. */
  readonly preserve?: boolean | undefined
  /** Leaves out runs of zeros, which most file systems keep as holes. Default false. */
  readonly sparse?: boolean | undefined
}

/** Options of `append` and `appendFile`. */
export interface SftpAppendOptions extends CallOptions {
  /** The mode of the file, where the server makes one. Default the server's own. */
  readonly mode?: number | undefined
}

/** Options of `download`. */
export interface SftpDownloadOptions extends CallOptions {
  /**
   * Continues behind the bytes that an earlier call left in `path.part` (see `keepPart` of `toFile`), if the file on the server still
   * has the size and the time of then, which `path.part.sftp` remembers; otherwise from the start. Default false.
   */
  readonly resume?: boolean | undefined
  /** Gives the local file the times and the mode of the one on the server; for `toFile` alone. Default false. */
  readonly preserve?: boolean | undefined
  /** Leaves out runs of zeros in a local file, which most file systems keep as holes. Default false. */
  readonly sparse?: boolean | undefined
}

/** Options of `read`. */
export interface SftpReadOptions extends CallOptions {
  /** The first byte. Default 0. */
  readonly start?: number | undefined
  /** The byte after the last. Default the end of the file. */
  readonly end?: number | undefined
}

/** Options of `readFile`. */
export interface SftpReadFileOptions extends CallOptions {
  /** The most bytes that the file may have; a larger one is `NET_PROTO_LIMIT`. Default 100 MiB. */
  readonly maxBytes?: number | undefined
}

/** Options of `mkdir`. */
export interface SftpMkdirOptions extends CallOptions {
  /** Makes the missing folders above it too; a folder that exists already, or a link to one, is fine. Default false. */
  readonly recursive?: boolean | undefined
}

/** Options of `remove`. */
export interface SftpRemoveOptions extends CallOptions {
  /** A folder with everything in it; links in it are removed and not followed. Default false: a folder must be empty. */
  readonly recursive?: boolean | undefined
}

/** Options of `rename`. */
export interface SftpRenameOptions extends CallOptions {
  /** Replaces a file that has the new name already. Default false: that is `NET_EXISTS`. */
  readonly replace?: boolean | undefined
}

/** Options of `open`. */
export interface SftpOpenOptions extends CallOptions {
  /** The mode of the file, where one is made. Default the server's own. */
  readonly mode?: number | undefined
}

/** Options of `copy`. */
export interface SftpCopyOptions extends CallOptions {
  /** Replaces a file that has the name already. Default false: that is `NET_EXISTS`. */
  readonly replace?: boolean | undefined
}
