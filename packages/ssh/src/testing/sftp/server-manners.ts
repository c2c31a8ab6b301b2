/* In which words servers that people meet refuse, and what they can besides. */

import { STATUS } from '../../sftp/packets.ts'
import type { StoreFault } from './sftp-store.ts'

/** A server whose manners can be had. */
export type SftpServerKind = 'openssh' | 'proftpd' | 'asyncssh' | 'rclone'

/** A refusal. */
export interface Refusal {
  readonly code: number
  readonly text: string
}

/** The manners of a server. */
export interface ServerManners {
  readonly refusals: Readonly<Record<StoreFault, Refusal>>
  readonly extensions: Readonly<Record<string, string>>
  /** The most bytes of one answer or request with data. */
  readonly largest: number
  /** How many names are in one answer. */
  readonly names: number
  /** Whether a folder is refused when it is opened to read, in place of when it is read. */
  readonly refusesFolders: boolean
  /** Whether a plain rename replaces a file. */
  readonly renameReplaces: boolean
}

const OPENSSH: Readonly<Record<StoreFault, Refusal>> = {
  missing: { code: STATUS.NO_SUCH_FILE, text: 'No such file' },
  exists: { code: STATUS.FAILURE, text: 'Failure' },
  denied: { code: STATUS.PERMISSION_DENIED, text: 'Permission denied' },
  notEmpty: { code: STATUS.FAILURE, text: 'Failure' },
  isFolder: { code: STATUS.FAILURE, text: 'Failure' },
  notFolder: { code: STATUS.NO_SUCH_FILE, text: 'No such file' },
  notLink: { code: STATUS.BAD_MESSAGE, text: 'Bad message' },
  badName: { code: STATUS.BAD_MESSAGE, text: 'Bad message' },
  full: { code: STATUS.FAILURE, text: 'Failure' },
  wrongMode: { code: STATUS.NO_SUCH_FILE, text: 'No such file' },
  failed: { code: STATUS.FAILURE, text: 'Failure' },
}

const ALL_EXTENSIONS = {
  'posix-rename@openssh.com': '1',
  'statvfs@openssh.com': '2',
  'hardlink@openssh.com': '1',
  'fsync@openssh.com': '1',
  'lsetstat@openssh.com': '1',
  'limits@openssh.com': '1',
  'expand-path@openssh.com': '1',
  'copy-data': '1',
}

/** The manners of each. */
export const MANNERS: Readonly<Record<SftpServerKind, ServerManners>> = {
  openssh: {
    refusals: OPENSSH,
    extensions: ALL_EXTENSIONS,
    largest: 261_120,
    names: 100,
    refusesFolders: false,
    renameReplaces: false,
  },
  proftpd: {
    refusals: {
      ...OPENSSH,
      exists: { code: 11, text: 'File exists' },
      notEmpty: { code: 18, text: 'Directory not empty' },
      isFolder: { code: STATUS.PERMISSION_DENIED, text: 'Is a directory' },
      badName: { code: STATUS.FAILURE, text: 'File name too long' },
      full: { code: STATUS.FAILURE, text: 'No space left on device' },
    },
    extensions: {
      'posix-rename@openssh.com': '1',
      'statvfs@openssh.com': '2',
      'fsync@openssh.com': '1',
      'hardlink@openssh.com': '1',
    },
    largest: Infinity,
    names: 64,
    refusesFolders: true,
    renameReplaces: false,
  },
  asyncssh: {
    refusals: {
      ...OPENSSH,
      exists: { code: STATUS.FAILURE, text: 'File already exists' },
      notEmpty: { code: STATUS.FAILURE, text: 'Directory not empty' },
      isFolder: { code: STATUS.FAILURE, text: 'Is a directory' },
      full: { code: STATUS.FAILURE, text: 'No space left on device' },
    },
    extensions: {
      'posix-rename@openssh.com': '1',
      'statvfs@openssh.com': '2',
      'fsync@openssh.com': '1',
      'hardlink@openssh.com': '1',
    },
    largest: Infinity,
    names: 128,
    refusesFolders: true,
    renameReplaces: false,
  },
  rclone: {
    refusals: OPENSSH,
    extensions: { 'statvfs@openssh.com': '2' },
    largest: 32_768,
    names: 100,
    refusesFolders: true,
    renameReplaces: true,
  },
}
