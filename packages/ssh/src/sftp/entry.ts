/* What a server tells of a file or folder, in the words that all protocols share. */

import type { RemoteEntry } from '@net/core'

import { typeOf, typeOfLine, type SftpAttributes, type SftpType } from './attributes.ts'
import type { NamedEntry } from './replies.ts'
import type { SftpSession } from './sftp-session.ts'

/** A file or folder on the server. */
export interface SftpEntry extends RemoteEntry {
  /** When it was last read, in milliseconds since 1970; undefined where the server does not tell. */
  readonly accessed?: number
  /** The numbers of its owner and group. */
  readonly uid?: number
  readonly gid?: number
  /** The line of the server's own listing, for people. */
  readonly line?: string
  /**
   * The bytes of `name`, where they are no text in the session's `encoding`. Each byte that is none is a lone surrogate in
   * `name` and `path` (U+DC80 to U+DCFF); calls with such a path send the bytes themselves.
   */
  readonly nameBytes?: Uint8Array
}

/** Attributes as callers get them. */
export function entryOf(path: string, attributes: SftpAttributes, type?: SftpType): SftpEntry {
  const { size, uid, gid, permissions, accessed, modified } = attributes
  return {
    name: nameOf(path),
    path,
    ...kindOf(type ?? typeOf(attributes)),
    ...(size === undefined ? {} : { size }),
    ...(modified === undefined ? {} : { modified: modified * 1000 }),
    ...(accessed === undefined ? {} : { accessed: accessed * 1000 }),
    ...(permissions === undefined ? {} : { mode: permissions & 0o7777 }),
    ...(uid === undefined ? {} : { uid }),
    ...(gid === undefined ? {} : { gid }),
  }
}

/** One of a listing; undefined for `.` and `..`. */
export function listedEntry(
  session: SftpSession,
  folder: string,
  { name: bytes, line, attributes }: NamedEntry,
): SftpEntry | undefined {
  const name = session.text(bytes)
  if (name === '.' || name === '..') return undefined
  const path = inFolder(folder, name)
  const told = typeOfLine(line)
  // Some tell the attributes of what a link leads to, and only the line says that it is one.
  const type = told === 'link' ? told : (typeOf(attributes) ?? told)
  const extra = {
    name,
    ...(line === '' ? {} : { line }),
    ...(name.isWellFormed() ? {} : { nameBytes: bytes }),
  }
  // It names something elsewhere: shown, and of no type that anybody would open.
  if (name === '' || /[/\0]/.test(name)) {
    return { ...extra, path, type: 'other', raw: 'a name that is no name of an entry' }
  }
  return { ...entryOf(path, attributes, type), ...extra }
}

/** The path of what has that name in the folder. */
export function inFolder(folder: string, name: string): string {
  if (folder === '' || folder === '.') return name
  return folder.endsWith('/') ? `${folder}${name}` : `${folder}/${name}`
}

/** The last part of a path. */
export function nameOf(path: string): string {
  const plain = path.replace(/(?<=.)\/+$/, '')
  return plain.slice(plain.lastIndexOf('/') + 1) || plain
}

/** The path of the folder that it is in. */
export function folderOf(path: string): string {
  const plain = path.replace(/(?<=.)\/+$/, '')
  const slash = plain.lastIndexOf('/')
  if (slash < 0) return '.'
  return slash === 0 ? '/' : plain.slice(0, slash)
}

function kindOf(type: SftpType | undefined): Pick<SftpEntry, 'type' | 'raw'> {
  if (type === 'file' || type === 'folder' || type === 'link') return { type }
  return { type: 'other', raw: type === undefined ? 'unknown' : RAW[type] }
}

const RAW = {
  pipe: 'named pipe',
  socket: 'socket',
  block: 'block device',
  character: 'character device',
} as const
