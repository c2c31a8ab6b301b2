/* FTP and FTPS: a client whose transfers are whole or an error, and whose passwords are never told in clear. */

export { connect } from './connect.ts'
export type { FtpClient } from './ftp-client.ts'
export type {
  CommandOptions,
  DownloadOptions,
  FtpConnectOptions,
  FtpDataOptions,
  LinesOptions,
  ListOptions,
  MkdirOptions,
  PassiveWay,
  ReadFileOptions,
  ReadOptions,
  RemoveOptions,
  RenameOptions,
  TransferOptions,
  UploadOptions,
} from './client-options.ts'
export type { CommandReply } from './raw-command.ts'
export type { Security } from '@net/socket/authoring'
export type { FtpEncoding } from './wire-text.ts'
export type { FtpEntry, TransferResult } from './entry.ts'
export { FtpReplyError } from './errors.ts'
export { fromFile, fromText, toFile, type CloseOptions } from '@net/core'
