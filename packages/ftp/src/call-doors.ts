/* What the options of each verb may be. */

import type { CallOptions, CloseOptions } from '@net/core'
import {
  closeDoor,
  option,
  optionsDoor,
  type OptionsDoor,
  type OptionTable,
} from '@net/core/authoring'
import { sessionConnectTable } from '@net/socket/authoring'

import type {
  DownloadOptions,
  FtpConnectOptions,
  ListOptions,
  MkdirOptions,
  ReadFileOptions,
  RenameOptions,
} from './client-options.ts'

/** The door of `connect`. */
export const connectDoor: OptionsDoor<FtpConnectOptions> = optionsDoor<FtpConnectOptions>(
  { protocol: 'ftp', call: 'connect' },
  {
    ...sessionConnectTable,
    account: option.text,
    encoding: option.oneOf('utf8', 'latin1'),
  },
  {
    host: 'the URL, as in ftp://host:21',
    hostname: 'the URL, as in ftp://host:21',
    port: 'the URL, as in ftp://host:21',
    secure: 'security',
    secureOptions: 'tls',
    utf8: 'encoding',
  },
)

/** A door for each verb. */
export interface CallDoors {
  /** Gives the grace. */
  readonly close: (options: CloseOptions | undefined) => number
  readonly download: OptionsDoor<DownloadOptions>
  readonly exists: OptionsDoor<CallOptions>
  readonly list: OptionsDoor<ListOptions>
  readonly mkdir: OptionsDoor<MkdirOptions>
  readonly readFile: OptionsDoor<ReadFileOptions>
  readonly remove: OptionsDoor<CallOptions>
  readonly rename: OptionsDoor<RenameOptions>
  readonly size: OptionsDoor<CallOptions>
  readonly stat: OptionsDoor<CallOptions>
  readonly upload: OptionsDoor<CallOptions>
  readonly writeFile: OptionsDoor<CallOptions>
}

/** The door of each verb. */
export const doors: CallDoors = {
  close: closeDoor({ protocol: 'ftp', call: 'close' }),
  download: door<DownloadOptions>('download', { ...option.perCall, resume: option.flag }),
  exists: door<CallOptions>('exists', option.perCall),
  list: door<ListOptions>('list', { ...option.perCall, maxBytes: option.bytes }),
  mkdir: door<MkdirOptions>('mkdir', { ...option.perCall, recursive: option.flag }),
  readFile: door<ReadFileOptions>('readFile', { ...option.perCall, maxBytes: option.bytes }),
  remove: door<CallOptions>('remove', option.perCall),
  rename: door<RenameOptions>('rename', { ...option.perCall, replace: option.flag }),
  size: door<CallOptions>('size', option.perCall),
  stat: door<CallOptions>('stat', option.perCall),
  upload: door<CallOptions>('upload', option.perCall),
  writeFile: door<CallOptions>('writeFile', option.perCall),
}

function door<T extends object>(call: string, table: OptionTable<T>): OptionsDoor<T> {
  return optionsDoor<T>({ protocol: 'ftp', call }, table)
}
