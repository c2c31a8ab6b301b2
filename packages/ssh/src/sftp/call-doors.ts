/* What the options of `sftp()` and of each call on it may be. */

import type { CallOptions, CloseOptions } from '@net/core'
import { closeDoor, option, optionsDoor, type OptionsDoor } from '@net/core/authoring'

import type {
  SftpAppendOptions,
  SftpCopyOptions,
  SftpDownloadOptions,
  SftpMkdirOptions,
  SftpOpenOptions,
  SftpOptions,
  SftpReadFileOptions,
  SftpReadOptions,
  SftpRemoveOptions,
  SftpRenameOptions,
  SftpUploadOptions,
} from './sftp-options.ts'

const { perCall } = option
const mode = option.between(0, 0o7777)
const NODE_NAMES = { encoding: 'the option of sftp()', flag: 'open(path, flags)' }

const plain = new Map<string, OptionsDoor<CallOptions>>()

/** The door of a call that has no options of its own. */
function plainDoor(call: string): OptionsDoor<CallOptions> {
  const door = plain.get(call) ?? optionsDoor<CallOptions>({ protocol: 'sftp', call }, perCall)
  plain.set(call, door)
  return door
}

function uploadDoor(call: string): OptionsDoor<SftpUploadOptions> {
  return optionsDoor<SftpUploadOptions>(
    { protocol: 'sftp', call },
    {
      ...perCall,
      inPlace: option.flag,
      resume: option.flag,
      mode,
      preserve: option.flag,
      sparse: option.flag,
    },
    {
      ...NODE_NAMES,
      step: 'onProgress',
      callback: 'onProgress',
      concurrency: 'nothing: it adapts',
    },
  )
}

function appendDoor(call: string): OptionsDoor<SftpAppendOptions> {
  return optionsDoor<SftpAppendOptions>(
    { protocol: 'sftp', call },
    { ...perCall, mode },
    NODE_NAMES,
  )
}

/** The doors by their calls. */
interface CallDoors {
  readonly sftp: OptionsDoor<SftpOptions>
  readonly upload: OptionsDoor<SftpUploadOptions>
  readonly writeFile: OptionsDoor<SftpUploadOptions>
  readonly append: OptionsDoor<SftpAppendOptions>
  readonly appendFile: OptionsDoor<SftpAppendOptions>
  readonly download: OptionsDoor<SftpDownloadOptions>
  readonly read: OptionsDoor<SftpReadOptions>
  readonly readFile: OptionsDoor<SftpReadFileOptions>
  readonly mkdir: OptionsDoor<SftpMkdirOptions>
  readonly remove: OptionsDoor<SftpRemoveOptions>
  readonly rename: OptionsDoor<SftpRenameOptions>
  readonly open: OptionsDoor<SftpOpenOptions>
  readonly copy: OptionsDoor<SftpCopyOptions>
  /** Of a call that has no options of its own. */
  readonly plain: (call: string) => OptionsDoor<CallOptions>
  readonly close: (options: CloseOptions | undefined) => number
}

/** The door of each call. */
export const doors: CallDoors = {
  sftp: optionsDoor<SftpOptions>(
    { protocol: 'ssh', call: 'sftp' },
    {
      ...perCall,
      encoding: option.oneOf('utf8', 'latin1'),
      command: option.text,
      reconnect: option.flag,
    },
  ),
  upload: uploadDoor('upload'),
  writeFile: uploadDoor('writeFile'),
  append: appendDoor('append'),
  appendFile: appendDoor('appendFile'),
  download: optionsDoor<SftpDownloadOptions>(
    { protocol: 'sftp', call: 'download' },
    { ...perCall, resume: option.flag, preserve: option.flag, sparse: option.flag },
    { step: 'onProgress', callback: 'onProgress' },
  ),
  read: optionsDoor<SftpReadOptions>(
    { protocol: 'sftp', call: 'read' },
    { ...perCall, start: option.size, end: option.size },
    { offset: 'start', length: 'end' },
  ),
  readFile: optionsDoor<SftpReadFileOptions>(
    { protocol: 'sftp', call: 'readFile' },
    { ...perCall, maxBytes: option.bytes },
    NODE_NAMES,
  ),
  mkdir: optionsDoor<SftpMkdirOptions>(
    { protocol: 'sftp', call: 'mkdir' },
    { ...perCall, recursive: option.flag },
    { parents: 'recursive' },
  ),
  remove: optionsDoor<SftpRemoveOptions>(
    { protocol: 'sftp', call: 'remove' },
    { ...perCall, recursive: option.flag },
  ),
  rename: optionsDoor<SftpRenameOptions>(
    { protocol: 'sftp', call: 'rename' },
    { ...perCall, replace: option.flag },
    { overwrite: 'replace' },
  ),
  open: optionsDoor<SftpOpenOptions>({ protocol: 'sftp', call: 'open' }, { ...perCall, mode }),
  copy: optionsDoor<SftpCopyOptions>(
    { protocol: 'sftp', call: 'copy' },
    { ...perCall, replace: option.flag },
    { overwrite: 'replace' },
  ),
  plain: plainDoor,
  close: closeDoor({ protocol: 'sftp', call: 'close' }),
}
