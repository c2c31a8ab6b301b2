/* Files, folders and links in memory, and how names find them. Knows nothing of calls. */

import { clock, netError } from '@net/core/authoring'
import type { RemoteCapabilities, RemoteEntry } from '@net/core'

import { badName, join } from '../tree-path.ts'

/** A file; `bytes` may be longer than it is. */
export interface MemoryFile {
  readonly type: 'file'
  bytes: Uint8Array
  length: number
  modified: number
  mode: number
}

/** A folder; what it holds is found by the key of its name. */
export interface MemoryFolder {
  readonly type: 'folder'
  readonly children: Map<string, MemoryChild>
  modified: number
  mode: number
}

/** A link. */
export interface MemoryLink {
  readonly type: 'link'
  readonly target: string
  modified: number
  mode: number
}

export type MemoryNode = MemoryFile | MemoryFolder | MemoryLink

/** What a folder holds, under the spelling that it was made with. */
export interface MemoryChild {
  readonly name: string
  readonly node: MemoryNode
}

/** Makes an empty folder. */
export function newFolder(): MemoryFolder {
  return { type: 'folder', children: new Map(), modified: clock().date(), mode: 0o755 }
}

/** Makes an empty file. */
export function newFile(): MemoryFile {
  const bytes = new Uint8Array(0)
  return { type: 'file', bytes, length: 0, modified: clock().date(), mode: 0o644 }
}

/** Makes a link. */
export function newLink(target: string): MemoryLink {
  return { type: 'link', target, modified: clock().date(), mode: 0o777 }
}

/** Puts the bytes into the file, from there on. */
export function putBytes(file: MemoryFile, chunk: Uint8Array, at: number): void {
  const end = at + chunk.length
  if (end > file.bytes.length) {
    const grown = new Uint8Array(Math.max(end, file.bytes.length * 2))
    grown.set(file.bytes.subarray(0, file.length))
    file.bytes = grown
  }
  // What a shorter file left behind must not show in a gap.
  if (at > file.length) file.bytes.fill(0, file.length, at)
  file.bytes.set(chunk, at)
  file.length = Math.max(file.length, end)
  file.modified = clock().date()
}

/** What the tree tells of a node. */
export function memoryEntry(
  { name, node }: MemoryChild,
  folder: string,
  can: RemoteCapabilities,
): RemoteEntry {
  const entry: { -readonly [K in keyof RemoteEntry]: RemoteEntry[K] } = {
    name,
    path: join(folder, name),
    type: node.type,
  }
  if (node.type === 'file') entry.size = node.length
  if (node.type === 'link') entry.target = node.target
  if (can.times !== undefined) entry.modified = grained(node.modified, can.times.grain)
  if (can.modes) entry.mode = node.mode
  return entry
}

/** What two spellings of one name have in common. */
export function keyOf(name: string, { letterCase, unicodeForm }: RemoteCapabilities): string {
  const formed = unicodeForm === 'kept' ? name : name.normalize('NFC')
  return letterCase === 'kept' ? formed : formed.toLowerCase()
}

/** The name as the tree keeps it. Throws `NET_BAD_NAME`. */
export function keptName(name: string, can: RemoteCapabilities): string {
  const { forbidden, longestName, unicodeForm } = can
  const bad = Array.from(forbidden).find((character) => name.includes(character))
  if (bad !== undefined) throw badName(name, `it has ${JSON.stringify(bad)}`)
  const changed =
    unicodeForm === 'NFC' || unicodeForm === 'NFD' ? name.normalize(unicodeForm) : name
  if (Buffer.byteLength(changed) > longestName) {
    throw badName(name, `it is longer than ${longestName} bytes`)
  }
  return changed
}

/** The error for what is not there. */
export function notFound(path: string): Error {
  return netError('NET_NOT_FOUND', { message: `there is no ${path === '' ? 'root' : path}` })
}

function grained(time: number, grain: number): number {
  return Math.floor(time / grain) * grain
}
