/*
 * Files wherever they are: what local folders, FTP and SFTP have in common, so that a copy between any two of them
 * need know none of them. Types only.
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
  /** Permission bits. */
  readonly mode?: number
  /** Where a link leads. */
  readonly target?: string
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

/** A tree of files somewhere. Paths have `/` between their parts. */
export interface RemoteFiles {
  /** The entries of a folder, without `.` and `..`. Other calls are possible while it is iterated. */
  list(path: string, options?: CallOptions): AsyncIterable<RemoteEntry>
  /** One entry; `NET_NOT_FOUND` if it does not exist. */
  stat(path: string, options?: CallOptions): Promise<RemoteEntry>
  /** The bytes of a file. Other calls are possible while it is iterated. */
  read(path: string, options?: RemoteReadOptions): AsyncIterable<Uint8Array>
  /** Writes a file; resolves when all of it is there. */
  write(path: string, source: Source, options?: RemoteWriteOptions): Promise<void>
  mkdir(path: string, options?: RemoteMkdirOptions): Promise<void>
  /** Removes a file, or a folder that is empty. */
  remove(path: string, options?: RemoteRemoveOptions): Promise<void>
  rename(from: string, to: string, options?: RemoteRenameOptions): Promise<void>
  /** Sets when a file was modified, in milliseconds since 1970; `NET_UNSUPPORTED` where the peer cannot. */
  setModified(path: string, modified: number, options?: CallOptions): Promise<void>
}
