/* What the options of each verb may be. */

import type { CallOptions, CloseOptions } from '@net/core'
import {
  closeDoor,
  netError,
  option,
  optionsDoor,
  optionsObject,
  shape,
  type OptionsDoor,
  type OptionTable,
} from '@net/core/authoring'
import { sessionConnectTable } from '@net/socket/authoring'

import { timeZoneOf } from './time-zone.ts'
import type {
  CommandOptions,
  DownloadOptions,
  FtpConnectOptions,
  FtpDataOptions,
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

const portRange = shape<readonly [number, number]>(
  'the first and the last port, such as [50000, 50100]',
  (value) =>
    Array.isArray(value) &&
    value.length === 2 &&
    value.every((port) => Number.isInteger(port) && port > 0 && port < 65_536) &&
    value[0] <= value[1],
)

const zone = shape<string>(
  "a time zone, such as 'Europe/Berlin' or '+01:00'",
  (value) => typeof value === 'string' && timeZoneOf(value) !== undefined,
)

/** The door of `connect`. */
export const connectDoor: OptionsDoor<FtpConnectOptions> = optionsDoor<FtpConnectOptions>(
  { protocol: 'ftp', call: 'connect' },
  {
    ...sessionConnectTable,
    account: option.text,
    encoding: option.oneOf('utf8', 'latin1'),
    timeZone: zone,
    data: optionsObject<FtpDataOptions>({
      mode: option.oneOf('passive', 'active'),
      passive: option.list(option.oneOf('EPSV', 'PASV')),
      address: option.text,
      ports: portRange,
      protection: option.oneOf('private', 'clear'),
      dangerouslyTrustAddress: option.flag,
    }),
    connections: option.count,
    reconnect: option.flag,
    keepAlive: option.limit,
    virtualHost: option.text,
    clientName: option.text,
    pipelining: option.flag,
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
  readonly append: OptionsDoor<TransferOptions>
  readonly cd: OptionsDoor<CallOptions>
  /** Gives the grace. */
  readonly close: (options: CloseOptions | undefined) => number
  readonly command: OptionsDoor<CommandOptions>
  readonly download: OptionsDoor<DownloadOptions>
  readonly exists: OptionsDoor<CallOptions>
  readonly hash: OptionsDoor<CallOptions>
  readonly list: OptionsDoor<ListOptions>
  readonly listRaw: OptionsDoor<LinesOptions>
  readonly mkdir: OptionsDoor<MkdirOptions>
  readonly modified: OptionsDoor<CallOptions>
  readonly nlst: OptionsDoor<LinesOptions>
  readonly pwd: OptionsDoor<CallOptions>
  readonly read: OptionsDoor<ReadOptions>
  readonly readFile: OptionsDoor<ReadFileOptions>
  readonly remove: OptionsDoor<RemoveOptions>
  readonly rename: OptionsDoor<RenameOptions>
  readonly setMode: OptionsDoor<CallOptions>
  readonly setModified: OptionsDoor<CallOptions>
  readonly size: OptionsDoor<CallOptions>
  readonly stat: OptionsDoor<CallOptions>
  readonly upload: OptionsDoor<UploadOptions>
  readonly uploadUnique: OptionsDoor<TransferOptions>
  readonly walk: OptionsDoor<ListOptions>
  readonly writeFile: OptionsDoor<UploadOptions>
}

const { perCall } = option
const transferTable: OptionTable<TransferOptions> = {
  ...perCall,
  mode: option.oneOf('binary', 'ascii'),
  verify: option.oneOf('size', 'hash'),
  rate: option.limit,
}
const uploadTable: OptionTable<UploadOptions> = {
  ...transferTable,
  resume: option.flag,
  allocate: option.flag,
  temporary: option.either<boolean | ((path: string) => string)>(
    [option.flag, option.callback<(path: string) => string>()],
    'true, false or a function that makes the temporary path',
  ),
}
const listTable: OptionTable<ListOptions> = {
  ...perCall,
  maxBytes: option.bytes,
  hidden: option.flag,
}
const linesTable: OptionTable<LinesOptions> = { ...perCall, maxBytes: option.bytes }

/** The door of each verb. */
export const doors: CallDoors = {
  append: door<TransferOptions>('append', transferTable),
  cd: door<CallOptions>('cd', perCall),
  close: closeDoor({ protocol: 'ftp', call: 'close' }),
  command: door<CommandOptions>('command', { ...perCall, check: option.flag }),
  download: resumingBytes<DownloadOptions>('download', { ...transferTable, resume: option.flag }),
  exists: door<CallOptions>('exists', perCall),
  hash: door<CallOptions>('hash', perCall),
  list: door<ListOptions>('list', listTable),
  listRaw: door<LinesOptions>('listRaw', linesTable),
  mkdir: door<MkdirOptions>('mkdir', { ...perCall, recursive: option.flag }),
  modified: door<CallOptions>('modified', perCall),
  nlst: door<LinesOptions>('nlst', linesTable),
  pwd: door<CallOptions>('pwd', perCall),
  read: door<ReadOptions>('read', { ...perCall, start: option.bytes, end: option.bytes }),
  readFile: door<ReadFileOptions>('readFile', { ...perCall, maxBytes: option.bytes }),
  remove: door<RemoveOptions>('remove', { ...perCall, recursive: option.flag }),
  rename: door<RenameOptions>('rename', { ...perCall, replace: option.flag }),
  setMode: door<CallOptions>('setMode', perCall),
  setModified: door<CallOptions>('setModified', perCall),
  size: door<CallOptions>('size', perCall),
  stat: door<CallOptions>('stat', perCall),
  upload: resumingBytes<UploadOptions>('upload', uploadTable),
  uploadUnique: door<TransferOptions>('uploadUnique', transferTable),
  walk: door<ListOptions>('walk', listTable),
  writeFile: resumingBytes<UploadOptions>('writeFile', uploadTable),
}

function door<T extends object>(call: string, table: OptionTable<T>): OptionsDoor<T> {
  return optionsDoor<T>({ protocol: 'ftp', call }, table)
}

/** A byte of a text stands at another place here than on the server, where its lines end otherwise. */
function resumingBytes<T extends UploadOptions | DownloadOptions>(
  call: string,
  table: OptionTable<T>,
): OptionsDoor<T> {
  const take = door<T>(call, table)
  return (options) => {
    const taken = take(options)
    if (taken.mode !== 'ascii' || taken.resume !== true) return taken
    throw netError('NET_BAD_OPTION', {
      message: "resume needs mode 'binary': in ASCII mode the two sides count other bytes",
      protocol: 'ftp',
      operation: call,
    })
  }
}
