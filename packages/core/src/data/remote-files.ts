/*
 * Files wherever they are: what local folders, FTP and SFTP have in common, so that a copy between any two of them
 * need know none of them. Types only. `checkRemoteFiles` of `@net/core/testing` proves an implementation.
 */

import type { CallOptions } from '../operation/call-options.ts'
import type { Source } from './source.ts'

/** What a folder holds under one name. */
export interface RemoteEntry {
  /** Without its folder. Chosen by the peer: join it to a local folder with `safeJoin` only. */
  readonly name: string
  readonly path: string
  readonly type: 'file' | 'folder' | 'link' | 'other'
  /** In bytes; undefined where the peer does not tell. */
  readonly size?: number
  /** Milliseconds since 1970; undefined where the peer does not tell. */
  readonly modified?: number
  /** The smallest difference of `modified` in milliseconds, where that is more than `capabilities` say: minutes or days in listings for people. */
  readonly modifiedGrain?: number
  /** Permission bits. */
  readonly mode?: number
  /** Where a link leads, as it is written in the link. */
  readonly target?: string
  /** What the peer calls the type, where it is `'other'`. */
  readonly raw?: string
}

/** What is asked of an entry. */
export interface RemoteStatOptions extends CallOptions {
  /** Tells of what a link leads to instead of the link; `NET_NOT_FOUND` if it leads nowhere. Default false. */
  readonly follow?: boolean | undefined
}

/** Which part of a file is read, in bytes. */
export interface RemoteReadOptions extends CallOptions {
  /** Default 0. */
  readonly start?: number | undefined
  /** The byte after the last. Default the end of the file. */
  readonly end?: number | undefined
}

/** Where in a file is written. */
export interface RemoteWriteOptions extends CallOptions {
  /** Keeps that many bytes of the file that is there and goes on behind them. Default 0: the file is replaced. */
  readonly start?: number | undefined
  /** Keeps what is behind the written bytes as well, so that several calls can write one file. Default false: the file ends behind them. */
  readonly keepRest?: boolean | undefined
}

/** How a folder is made. */
export interface RemoteMkdirOptions extends CallOptions {
  /** Makes the folders above it as well, and takes it as done if it is there. Default false. */
  readonly recursive?: boolean | undefined
}

/** How something is removed. */
export interface RemoteRemoveOptions extends CallOptions {
  /** A folder with everything in it. Default false. */
  readonly recursive?: boolean | undefined
}

/** How something is renamed. */
export interface RemoteRenameOptions extends CallOptions {
  /** Replaces a file that has the name already. Default false: `NET_EXISTS`. */
  readonly replace?: boolean | undefined
}

/** How a file is copied on the server. */
export interface RemoteCopyOptions extends CallOptions {
  /** The tree that the first path belongs to. Default the same tree; `NET_UNSUPPORTED` for one on another server. */
  readonly source?: RemoteFiles | undefined
}

/** How the times of a tree are to be read. */
export interface RemoteTimes {
  /** The smallest difference between two times that it keeps, in milliseconds. */
  readonly grain: number
  /** Whether `setModified` works. */
  readonly canSet: boolean
  /** `local` for times of a clock that is put forward and back with the summer. */
  readonly zone: 'utc' | 'local'
}

/** What a tree can do and what becomes of names in it; it may be asked again, since some servers tell only by refusing. */
export interface RemoteCapabilities {
  /** Whether `a` and `A` are two files (`kept`) or one (`ignored`). */
  readonly letterCase: 'kept' | 'ignored'
  /** What becomes of names with accents: they stay as they are, are changed into that form, or any form finds the file. */
  readonly unicodeForm: 'kept' | 'NFC' | 'NFD' | 'ignored'
  /** Characters that no name may have, besides `/` and NUL. */
  readonly forbidden: string
  /** How many bytes a name may have in UTF-8; `Infinity` where that is not known. */
  readonly longestName: number
  /** What `rename` with `replace` does: at no moment there is no file, there may be none for a moment, or nothing can be renamed. */
  readonly rename: 'atomic' | 'replaces' | 'none'
  /** Whether entries have modes and `setMode` works. */
  readonly modes: boolean
  /** Absent where entries have no times. */
  readonly times?: RemoteTimes
  /** Whether `symlink` and `readLink` work. */
  readonly links: boolean
  /** What `hash` can make, in Node's names: `sha256`. */
  readonly hashes: readonly string[]
  /** Whether `read` can begin at an offset. */
  readonly readOffsets: boolean
  /** Whether `write` can begin at an offset; `rest` if it also has `keepRest`. */
  readonly writeOffsets: boolean | 'rest'
  /** How many calls at once are of use. */
  readonly calls: number
}

/**
 * A tree of files somewhere. Paths are relative to its root and have `/` between their parts; `''` is the root. A path
 * with `.` or `..` in it is `NET_BAD_NAME`, and what a peer cannot do is `NET_UNSUPPORTED`.
 */
export interface RemoteFiles {
  /** Which tree it is, for messages and for what is remembered of it: `ftp://user@host/in`. Without a password. */
  readonly name: string
  /** Why nothing in it can have that name; undefined for a name. Absent where `capabilities` say all of it. */
  refusesName?(name: string): string | undefined
  /** What it can do. */
  capabilities(options?: CallOptions): Promise<RemoteCapabilities>
  /**
   * The entries of a folder, without `.` and `..`; a link is listed as a link. Other calls are possible while it is
   * iterated. A listing that was cut short throws behind what came.
   */
  list(path: string, options?: CallOptions): AsyncIterable<RemoteEntry>
  /** One entry; `NET_NOT_FOUND` if it does not exist. */
  stat(path: string, options?: RemoteStatOptions): Promise<RemoteEntry>
  /** The bytes of a file. Other calls are possible while it is iterated. */
  read(path: string, options?: RemoteReadOptions): AsyncIterable<Uint8Array>
  /** Writes a file; resolves when all of it is there. */
  write(path: string, source: Source, options?: RemoteWriteOptions): Promise<void>
  mkdir(path: string, options?: RemoteMkdirOptions): Promise<void>
  /** Removes a file, a link itself, or a folder that is empty; any other folder is `NET_NOT_EMPTY`. */
  remove(path: string, options?: RemoteRemoveOptions): Promise<void>
  rename(from: string, to: string, options?: RemoteRenameOptions): Promise<void>
  /** Sets when a file was modified, in milliseconds since 1970; `NET_UNSUPPORTED` where the peer cannot. */
  setModified(path: string, modified: number, options?: CallOptions): Promise<void>
  /** Sets the permission bits. */
  setMode(path: string, mode: number, options?: CallOptions): Promise<void>
  /** Makes a link at `path` that leads to `target`; `NET_EXISTS` if the name is taken. */
  symlink(target: string, path: string, options?: CallOptions): Promise<void>
  /** Where the link leads, as it is written in it. */
  readLink(path: string, options?: CallOptions): Promise<string>
  /** The hash of a whole file, in hexadecimal digits. Absent where the peer has none. */
  hash?(path: string, algorithm: string, options?: CallOptions): Promise<string>
  /** Copies a file to a path of this tree, replacing a file there, without its bytes leaving the server. Absent where the peer cannot. */
  copyWithin?(from: string, to: string, options?: RemoteCopyOptions): Promise<void>
}
