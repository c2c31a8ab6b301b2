/* What a caller holds of SFTP: the verbs of FTP under the same names, and those that only SFTP has. Types only. */

import type { CallOptions, CloseOptions, NetError, RemoteFiles, Sink, Source } from '@net/core'

import type { SftpAttributes } from './attributes.ts'
import type { SftpEntry } from './entry.ts'
import type { SftpFileSystem } from './path-verbs.ts'
import type { SftpFile, SftpOpenFlags } from './sftp-file.ts'
import type {
  SftpAppendOptions,
  SftpCopyOptions,
  SftpDownloadOptions,
  SftpMkdirOptions,
  SftpOpenOptions,
  SftpReadFileOptions,
  SftpReadOptions,
  SftpRemoveOptions,
  SftpRenameOptions,
  SftpUploadOptions,
} from './sftp-options.ts'
import type { TransferResult } from './transfer-result.ts'

/**
 * Files of an SSH server (SFTP version 3, draft-ietf-secsh-filexfer-02, with OpenSSH's extensions). Any number of calls run
 * side by side. Paths begin in the folder of the login, or in the one that `cd` went to. A refusal is an `SftpError`.
 */
export interface SftpClient extends AsyncDisposable {
  /**
   * Sends the source to a path and replaces what is there; a transfer. Written to `path.part` until it is whole, unless
   * `inPlace` is set. Rejects with `NET_SIZE_MISMATCH` if the server has another size afterwards.
   */
  upload(source: Source, path: string, options?: SftpUploadOptions): Promise<TransferResult>
  /** Fetches a file into the sink; a transfer. Rejects with `NET_PROTO_INCOMPLETE` if it ended early, and `NET_UNSUPPORTED` for what is no regular file. */
  download(path: string, sink: Sink, options?: SftpDownloadOptions): Promise<TransferResult>
  /** The bytes of a file; a transfer. Rejects with `NET_PROTO_LIMIT` beyond `maxBytes`, by default 100 MiB. */
  readFile(path: string, options?: SftpReadFileOptions): Promise<Uint8Array>
  /** Writes a file, text as UTF-8, and replaces what is there; a transfer. */
  writeFile(
    path: string,
    content: string | Uint8Array,
    options?: SftpUploadOptions,
  ): Promise<TransferResult>
  /**
   * Adds the source to the end of a file, or makes one; a transfer, which is not repeated. What takes more than one request, some
   * 32 KiB or more, mixes with what others add to the file at the same time, also with another call of this client.
   */
  append(source: Source, path: string, options?: SftpAppendOptions): Promise<TransferResult>
  /** Adds text as UTF-8, or bytes, to the end of a file; a transfer, which is not repeated. */
  appendFile(
    path: string,
    content: string | Uint8Array,
    options?: SftpAppendOptions,
  ): Promise<TransferResult>
  /** The bytes of a file, piece by piece, at the pace of the loop; a transfer. Leaving the loop ends it. */
  read(path: string, options?: SftpReadOptions): AsyncIterable<Uint8Array>
  /**
   * Opens a file: `r` to read, `r+` to read and write, `w` to write it anew, `a` to add to it, `wx` to make a new one, each
   * also with `+`; a command. What is open is to be closed: `await using file = await sftp.open('log', 'a')`.
   */
  open(path: string, flags?: SftpOpenFlags, options?: SftpOpenOptions): Promise<SftpFile>
  /** The entries of a folder as they come, by default the current one; a transfer. A link is listed as a link. */
  list(path?: string, options?: CallOptions): AsyncIterable<SftpEntry>
  /** Everything below a folder, by default the current one; each listing is a transfer. Links are not followed. */
  walk(path?: string, options?: CallOptions): AsyncIterable<SftpEntry>
  /** What matches the pattern: `*` and `?` within a name, `[a-z]`, and `**` for folders of any depth; as `walk`. */
  glob(pattern: string, options?: CallOptions): AsyncIterable<SftpEntry>
  /** One file or folder, or what a link leads to; a command. Rejects with `NET_NOT_FOUND` if there is none. */
  stat(path: string, options?: CallOptions): Promise<SftpEntry>
  /** As `stat`, of a link itself. */
  lstat(path: string, options?: CallOptions): Promise<SftpEntry>
  /** Whether the path exists; a link that leads nowhere does not. A command. */
  exists(path: string, options?: CallOptions): Promise<boolean>
  /** Whether there is a regular file, or a link to one; a command. */
  isFile(path: string, options?: CallOptions): Promise<boolean>
  /** Whether there is a folder, or a link to one; a command. */
  isFolder(path: string, options?: CallOptions): Promise<boolean>
  /** The size of a file in bytes; a command. */
  size(path: string, options?: CallOptions): Promise<number>
  /** When a file was modified, in milliseconds since 1970; a command. */
  modified(path: string, options?: CallOptions): Promise<number>
  /** Sets when a file was modified, to the second; the time of its last reading stays. A command. */
  setModified(path: string, modified: number, options?: CallOptions): Promise<void>
  /** Sets both times, in milliseconds since 1970, to the second; a command. */
  setTimes(path: string, accessed: number, modified: number, options?: CallOptions): Promise<void>
  /** Sets the permission bits, such as 0o644; a command. */
  setMode(path: string, mode: number, options?: CallOptions): Promise<void>
  /** Sets the numbers of owner and group; a command. */
  setOwner(path: string, uid: number, gid: number, options?: CallOptions): Promise<void>
  /** Cuts a file to that many bytes, or fills it up with zeros; a command. */
  truncate(path: string, size: number, options?: CallOptions): Promise<void>
  /** Makes a folder; a command. Rejects with `NET_EXISTS` if the name is taken. */
  mkdir(path: string, options?: SftpMkdirOptions): Promise<void>
  /** Removes a file, a link itself, or an empty folder; a command. Rejects with `NET_NOT_EMPTY` for any other folder, unless `recursive` is true. */
  remove(path: string, options?: SftpRemoveOptions): Promise<void>
  /** Gives a file or folder another path; a command. Rejects with `NET_EXISTS` if the new path is taken, unless `replace` is true. */
  rename(from: string, to: string, options?: SftpRenameOptions): Promise<void>
  /** Makes a link at `path` that leads to `target`; a command. */
  symlink(target: string, path: string, options?: CallOptions): Promise<void>
  /** Gives a file a second name (hardlink@openssh.com); a command. Rejects with `NET_UNSUPPORTED`. */
  link(from: string, to: string, options?: CallOptions): Promise<void>
  /** Where a link leads, as it is written in it; a command. */
  readLink(path: string, options?: CallOptions): Promise<string>
  /** The whole path, with no links in it where the server looks; `~` is expanded where the server can. A command; no proof that it exists. */
  realpath(path: string, options?: CallOptions): Promise<string>
  /** What the file system of the path has (statvfs@openssh.com); a command. Rejects with `NET_UNSUPPORTED`. */
  statvfs(path: string, options?: CallOptions): Promise<SftpFileSystem>
  /** Copies a file on the server, without its bytes leaving it (copy-data); a transfer. Rejects with `NET_UNSUPPORTED`. */
  copy(from: string, to: string, options?: SftpCopyOptions): Promise<TransferResult>
  /** Sets whatever attributes are given; a command. */
  setAttributes(path: string, attributes: SftpAttributes, options?: CallOptions): Promise<void>
  /** The folder in which paths begin; a command. */
  pwd(options?: CallOptions): Promise<string>
  /** Goes to another folder: paths begin there. A command. */
  cd(path: string, options?: CallOptions): Promise<void>
  /** A folder of the server, by default the current one, as a tree for `@net/files`. */
  files(root?: string): RemoteFiles
  /** The server's extensions, each with its version. */
  readonly extensions: ReadonlyMap<string, string>
  /** Waits for running calls, closes what is open, and ends the channel; all within `grace`, 2,000 ms by default. The connection stays. */
  close(options?: CloseOptions): Promise<void>
  /** Settles once the channel has ended: with what ended it, or undefined after `close`. Never rejects. */
  readonly closed: Promise<NetError | undefined>
}
