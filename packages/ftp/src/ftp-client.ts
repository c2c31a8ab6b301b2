/* What users hold: the verbs of FTP. Types only. */

import type { CallOptions, CloseOptions, NetError, RemoteFiles, Sink, Source } from '@net/core'
import type { ConnectionInfo } from '@net/socket'

import type {
  CommandOptions,
  DownloadOptions,
  LinesOptions,
  ListOptions,
  MkdirOptions,
  ReadFileOptions,
  ReadOptions,
  RemoveOptions,
  RenameOptions,
  TransferOptions,
  UploadOptions,
} from './client-options.ts'
import type { FtpEntry, TransferResult } from './entry.ts'
import type { CommandReply } from './raw-command.ts'

/**
 * A session with an FTP server, or several where `connections` says so. Calls on one session run one after the other, in
 * the order in which they were made. A path without a
 * leading `/` begins in the folder of the URL, or in the user's own folder. Paths with a line break or NUL are
 * `NET_INJECTION`. After `close` every call rejects with `NET_CLOSED`; after the loss of the connection with that loss,
 * whose `retry` is 'safe', because nothing was sent; and with `NET_BUSY` while another call waits for a stream or function
 * of the caller's. Calls that can be repeated without harm are repeated twice.
 */
export interface FtpClient extends AsyncDisposable {
  /** Sends the source to the path and replaces the file there (STOR); a transfer. Rejects with `NET_SIZE_MISMATCH` if the server's SIZE differs afterwards. */
  upload(source: Source, path: string, options?: UploadOptions): Promise<TransferResult>
  /** Fetches a file into the sink (RETR); a transfer. Rejects with `NET_PROTO_INCOMPLETE` if fewer bytes came than the server announced; a local file takes its name only when it is complete. */
  download(path: string, sink: Sink, options?: DownloadOptions): Promise<TransferResult>
  /** Fetches a file into memory; a transfer. Rejects with `NET_PROTO_LIMIT` beyond `maxBytes`. */
  readFile(path: string, options?: ReadFileOptions): Promise<Uint8Array>
  /** Writes a file, text as UTF-8, and replaces what is there; a transfer. */
  writeFile(
    path: string,
    content: string | Uint8Array,
    options?: UploadOptions,
  ): Promise<TransferResult>
  /** Adds the source to the end of a file, or makes one (APPE); a transfer, which is not repeated. */
  append(source: Source, path: string, options?: TransferOptions): Promise<TransferResult>
  /** Adds text as UTF-8, or bytes, to the end of a file (APPE); a transfer, which is not repeated. */
  appendFile(
    path: string,
    content: string | Uint8Array,
    options?: TransferOptions,
  ): Promise<TransferResult>
  /** Sends the source under a name that the server chooses, in the current folder (STOU); a transfer, which is not repeated. `path` of the result is that name, where the server tells. */
  uploadUnique(source: Source, options?: TransferOptions): Promise<TransferResult>
  /**
   * The bytes of a file, piece by piece, at the pace of the loop; a transfer. A session is in use until the loop has
   * ended; a call that needs it meanwhile is `NET_BUSY`. Leaving the loop ends the transfer.
   */
  read(path: string, options?: ReadOptions): AsyncIterable<Uint8Array>
  /**
   * The entries of a folder, by default the current one (MLSD, else LIST); a transfer. The listing is read completely
   * before the first entry is given, so other calls are possible inside the loop. Where the server cut the listing
   * short, the loop gives what came and then throws `NET_PROTO_INCOMPLETE`. A line that cannot be read is an entry of the
   * type `other` with the line as `raw`, and a warning in the log.
   */
  list(path?: string, options?: ListOptions): AsyncIterable<FtpEntry>
  /** Everything below a folder, by default the current one; each listing is a transfer. Links are not followed. */
  walk(path?: string, options?: ListOptions): AsyncIterable<FtpEntry>
  /** The names in a folder, as the server gives them (NLST); a transfer. */
  nlst(path?: string, options?: LinesOptions): Promise<readonly string[]>
  /** The lines of LIST, as the server writes them; a transfer. */
  listRaw(path?: string, options?: LinesOptions): Promise<readonly string[]>
  /** One file or folder (MLST, else the listing of its folder, and MDTM for the time of a file); a command. Rejects with `NET_NOT_FOUND` if there is none. */
  stat(path: string, options?: CallOptions): Promise<FtpEntry>
  /** Whether the path exists; a command. Rejects with `NET_UNSUPPORTED` where the server cannot say. */
  exists(path: string, options?: CallOptions): Promise<boolean>
  /** The size of a file in bytes (SIZE, RFC 3659); a command. Rejects with `NET_UNSUPPORTED` where the server has no SIZE. */
  size(path: string, options?: CallOptions): Promise<number>
  /** When a file was modified, in milliseconds since 1970 (MDTM, RFC 3659); a command. Rejects with `NET_UNSUPPORTED` where the server does not tell. */
  modified(path: string, options?: CallOptions): Promise<number>
  /** Sets when a file was modified, to the second (MFMT, else MFF, SITE UTIME, or MDTM of vsftpd); a command. Rejects with `NET_UNSUPPORTED` where the server cannot. */
  setModified(path: string, modified: number, options?: CallOptions): Promise<void>
  /** Sets the permission bits, such as 0o644 (SITE CHMOD); a command. Rejects with `NET_UNSUPPORTED` where the server cannot. */
  setMode(path: string, mode: number, options?: CallOptions): Promise<void>
  /** The hash of a file in lower-case hexadecimal digits, made by the server (HASH, XSHA256, XMD5 …); `algorithm` is Node's name, such as `sha256`. Rejects with `NET_UNSUPPORTED`. */
  hash(path: string, algorithm: string, options?: CallOptions): Promise<string>
  /** Makes a folder (MKD); a command. Rejects with `NET_EXISTS` if the name is taken. */
  mkdir(path: string, options?: MkdirOptions): Promise<void>
  /** Removes a file (DELE), or an empty folder (RMD); a command. Rejects with `NET_NOT_EMPTY` for any other folder, unless `recursive` is true. */
  remove(path: string, options?: RemoveOptions): Promise<void>
  /** Gives a file or folder another path (RNFR, RNTO); a command. Rejects with `NET_EXISTS` if the new path is taken, unless `replace` is true. */
  rename(from: string, to: string, options?: RenameOptions): Promise<void>
  /** The folder in which paths begin (PWD); a command. */
  pwd(options?: CallOptions): Promise<string>
  /** Goes to another folder, `..` for the one above; paths then begin there (CWD); a command. */
  cd(path: string, options?: CallOptions): Promise<void>
  /**
   * Sends one command of the caller's own, such as `SITE UMASK 022`, and gives the last reply; a command, which is not
   * repeated. Rejects with the server's refusal unless `check` is false, with `NET_INJECTION` for a line break, and with
   * `NET_UNSUPPORTED` for commands with data and those that the verbs rely on.
   */
  command(line: string, options?: CommandOptions): Promise<CommandReply>
  /** A folder of the server, by default the current one, as a tree for `@net/files`. */
  files(root?: string): RemoteFiles
  /** Waits for the running call, says QUIT and closes; all within `grace`, 2,000 ms by default. Rejects only for wrong options. */
  close(options?: CloseOptions): Promise<void>
  /** Resolves once the session has ended: to the error that ended it, or to undefined after `close`. Never rejects. */
  readonly closed: Promise<NetError | undefined>
  /** Addresses and TLS of the control connection. */
  readonly info: ConnectionInfo
  /** The server's greeting, with its code. */
  readonly welcome: string
  /** The server's features (FEAT, RFC 2389): names in upper case, each with its parameters. */
  readonly capabilities: ReadonlyMap<string, string>
}
