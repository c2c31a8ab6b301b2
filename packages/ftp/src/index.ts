/* FTP and FTPS: a client whose transfers are whole or an error, and whose passwords are never told in clear. */

export { connect } from './connect.ts'
export type { FtpClient } from './client.ts'
export type {
  DownloadOptions,
  FtpConnectOptions,
  ListOptions,
  MkdirOptions,
  ReadFileOptions,
  RenameOptions,
} from './client-options.ts'
export type { Security } from '@net/socket/authoring'
export type { FtpEncoding } from './wire-text.ts'
export type { FtpEntry, TransferResult } from './entry.ts'
export { FtpReplyError } from './errors.ts'
export { fromFile, fromText, toFile, type CloseOptions } from '@net/core'
