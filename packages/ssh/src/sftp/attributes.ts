/* The attributes of a file as they are on the wire (section 5 of the draft), read and written. */

import { netError } from '@net/core/authoring'

import { fields, uint32, type FieldReader } from '../identity/wire.ts'

/** What is known of a file; what is unknown is absent. Times are whole seconds since 1970, unsigned. */
export interface SftpAttributes {
  readonly size?: number | undefined
  readonly uid?: number | undefined
  readonly gid?: number | undefined
  /** With the bits of the type. */
  readonly permissions?: number | undefined
  readonly accessed?: number | undefined
  readonly modified?: number | undefined
  /** By their names. */
  readonly extended?: ReadonlyMap<string, Uint8Array> | undefined
}

/** What a file is. */
export type SftpType = 'file' | 'folder' | 'link' | 'pipe' | 'socket' | 'block' | 'character'

/** Reads attributes; flags that nobody knows have no fields that could be read, and are left alone. */
export function readAttributes(reader: FieldReader): SftpAttributes {
  const flags = reader.number()
  const found: Record<string, unknown> = {}
  if ((flags & FLAG.SIZE) !== 0) {
    const size = readLong(reader)
    // No file is that large: some servers fill in what they do not know with ones.
    if (Number.isSafeInteger(size)) found['size'] = size
  }
  if ((flags & FLAG.OWNER) !== 0) {
    found['uid'] = reader.number()
    found['gid'] = reader.number()
  }
  if ((flags & FLAG.PERMISSIONS) !== 0) found['permissions'] = reader.number()
  if ((flags & FLAG.TIMES) !== 0) {
    found['accessed'] = reader.number()
    found['modified'] = reader.number()
  }
  if ((flags & FLAG.EXTENDED) !== 0) {
    const extended = new Map<string, Uint8Array>()
    for (let left = reader.number(); left > 0; left--) extended.set(reader.text(), reader.field())
    found['extended'] = extended
  }
  return found
}

/** Writes what is there. Both times go together, and so do both owners. */
export function attributeBytes(attributes: SftpAttributes): Buffer {
  const { size, uid, gid, permissions, accessed, modified } = attributes
  const parts: Uint8Array[] = []
  let flags = 0
  const add = (flag: number, ...values: readonly Uint8Array[]): void => {
    flags |= flag
    parts.push(...values)
  }
  if (size !== undefined) add(FLAG.SIZE, long(size))
  if (uid !== undefined && gid !== undefined) add(FLAG.OWNER, uint32(uid), uint32(gid))
  if (permissions !== undefined) add(FLAG.PERMISSIONS, uint32(permissions))
  if (modified !== undefined) add(FLAG.TIMES, uint32(accessed ?? modified), uint32(modified))
  const extended = [...(attributes.extended ?? [])]
  if (extended.length > 0) {
    add(FLAG.EXTENDED, uint32(extended.length), ...extended.map((each) => fields(...each)))
  }
  return Buffer.concat([uint32(flags >>> 0), ...parts])
}

/** Whether not all may read what has this mode. */
export function isPrivate(mode: number): boolean {
  return (mode & 0o044) !== 0o044
}

/** The type that the permissions say; undefined where they have no bits for it. */
export function typeOf({ permissions = 0 }: SftpAttributes): SftpType | undefined {
  return TYPES.get(permissions & TYPE_BITS)
}

/** The bits of permissions that say the type. */
export function typeBits(type: SftpType): number {
  for (const [bits, name] of TYPES) if (name === type) return bits
  return 0
}

/** The type that the first letter of a line of `ls -l` says. */
export function typeOfLine(line: string): SftpType | undefined {
  return LETTERS.get(line.charAt(0))
}

/** A number of 64 bits; beyond 2^53 it is not exact. */
export function readLong(reader: FieldReader): number {
  const high = reader.number()
  return high * TWO_32 + reader.number()
}

/** The number as 64 bits. Throws `NET_BAD_OPTION` for one that is no offset or size. */
export function long(value: number): Buffer {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw netError('NET_BAD_OPTION', { message: `${value} is no offset or size of a file` })
  }
  const bytes = Buffer.alloc(8)
  bytes.writeUInt32BE(Math.floor(value / TWO_32))
  bytes.writeUInt32BE(value % TWO_32, 4)
  return bytes
}

const TWO_32 = 0x1_0000_0000
const FLAG = { SIZE: 1, OWNER: 2, PERMISSIONS: 4, TIMES: 8, EXTENDED: 0x8000_0000 } as const
const TYPE_BITS = 0o170000
const TYPES: ReadonlyMap<number, SftpType> = new Map([
  [0o100000, 'file'],
  [0o040000, 'folder'],
  [0o120000, 'link'],
  [0o010000, 'pipe'],
  [0o140000, 'socket'],
  [0o060000, 'block'],
  [0o020000, 'character'],
])
const LETTERS: ReadonlyMap<string, SftpType> = new Map([
  ['-', 'file'],
  ['d', 'folder'],
  ['l', 'link'],
  ['p', 'pipe'],
  ['s', 'socket'],
  ['b', 'block'],
  ['c', 'character'],
])
