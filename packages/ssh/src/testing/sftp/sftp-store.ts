/* What an SFTP server for tests serves: files in memory, or a folder. Paths are whole, with `/` in front; names are bytes as Latin-1. */

import type { SftpAttributes } from '../../sftp/attributes.ts'

/** Why something cannot be done. */
export type StoreFault =
  | 'missing'
  | 'exists'
  | 'denied'
  | 'notEmpty'
  | 'isFolder'
  | 'notFolder'
  | 'notLink'
  | 'badName'
  | 'full'
  | 'wrongMode'
  | 'failed'

/** Something cannot be done. */
export class StoreError extends Error {
  readonly fault: StoreFault

  constructor(fault: StoreFault) {
    super(fault)
    this.fault = fault
  }
}

/** One name of a folder. */
export interface StoredEntry {
  readonly name: string
  readonly attributes: SftpAttributes
  /** As of `ls -l`; default one that is made of the attributes. */
  readonly line?: string
}

/** A file that is open. */
export interface StoredFile {
  /** Fewer bytes at the end of the file; none behind it. */
  read(offset: number, length: number): Promise<Uint8Array>
  write(offset: number, data: Uint8Array): Promise<void>
  stat(): Promise<SftpAttributes>
  set(attributes: SftpAttributes): Promise<void>
  close(): Promise<void>
}

/** How a file is opened. */
export interface StoreOpening {
  readonly reads: boolean
  readonly writes: boolean
  readonly creates: boolean
  /** Only if it is made. */
  readonly exclusive: boolean
  readonly truncates: boolean
  readonly appends: boolean
  readonly mode: number | undefined
}

/** Files of a server. All calls reject with a StoreError. */
export interface SftpStore {
  /** Where relative paths begin. */
  readonly home: string
  open(path: string, how: StoreOpening): Promise<StoredFile>
  list(path: string): Promise<readonly StoredEntry[]>
  stat(path: string, follow: boolean): Promise<SftpAttributes>
  set(path: string, attributes: SftpAttributes, follow: boolean): Promise<void>
  mkdir(path: string, mode: number | undefined): Promise<void>
  remove(path: string): Promise<void>
  rmdir(path: string): Promise<void>
  rename(from: string, to: string, replace: boolean): Promise<void>
  readLink(path: string): Promise<string>
  /** Without links, as far as it exists. */
  realPath(path: string): Promise<string>
  symlink(target: string, path: string): Promise<void>
  link(from: string, to: string): Promise<void>
}
