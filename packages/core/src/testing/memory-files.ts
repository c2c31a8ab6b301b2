/*
 * A tree of files in memory, for servers in tests. Synchronous, so that a server answers in the order in which it
 * was asked; its errors are those that a server turns into replies.
 */

import { clock } from '../time/clock.ts'
import { netError, type NetError } from '../errors/net-error.ts'
import { inCall, optionsDoor } from '../options/door.ts'
import { argument } from '../options/shape.ts'
import { between, binary, either, flag, record, size, text } from '../options/values.ts'

/** What a folder holds under one name. */
export interface MemoryEntry {
  readonly name: string
  readonly type: 'file' | 'folder'
  /** In bytes; 0 for a folder. */
  readonly size: number
  /** Milliseconds since 1970. */
  readonly modified: number
  /** Permission bits, where they were set. */
  readonly mode?: number
}

/** Files by path; a text is stored as UTF-8. */
export type MemoryContents = Readonly<Record<string, string | Uint8Array>>

/** Which bytes of a file are read. */
export interface MemoryRange {
  /** The first byte. Default 0. */
  readonly start?: number | undefined
  /** The byte behind the last one. Default the end of the file. */
  readonly end?: number | undefined
}

/** How a file is written. */
export interface MemoryWriteOptions {
  /** The byte from which on it is written; what is before and behind it stays. Default: the file is replaced. */
  readonly at?: number | undefined
}

/** How a folder is made or removed. */
export interface MemoryFolderOptions {
  /** Also the folders above it, or everything in it. Default false. */
  readonly recursive?: boolean | undefined
}

/** How a file is renamed. */
export interface MemoryRenameOptions {
  /** Whether a file that is there gives way. Default false. */
  readonly replace?: boolean | undefined
}

/**
 * A tree of files in memory. Paths begin at the root whether or not they begin with `/`; `.` and `..` are resolved
 * and never lead above it. Errors: `NET_NOT_FOUND`, `NET_EXISTS`, `NET_NOT_EMPTY`, and `NET_BAD_NAME` where a file
 * stands for a folder or a folder for a file. Wrong arguments are `NET_BAD_OPTION`.
 */
export class MemoryFiles {
  readonly #root: Folder = newFolder()

  /** Makes the folders above these files as well. */
  constructor(contents: MemoryContents = {}) {
    const given = inCall({ call: 'new MemoryFiles' }, () => manyContents.take(contents, ''))
    for (const [path, content] of Object.entries(given)) {
      this.mkdir(parentOf(path), { recursive: true })
      this.write(path, content)
    }
  }

  exists(path: string): boolean {
    return this.#find(partsOf(path)) !== undefined
  }

  stat(path: string): MemoryEntry {
    return entryOf(partsOf(path).at(-1) ?? '/', this.#get(path))
  }

  /** The entries of a folder, by name. */
  list(path: string): readonly MemoryEntry[] {
    const { children } = this.#folder(partsOf(path), path)
    const entries = [...children].map(([name, node]) => entryOf(name, node))
    return entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  }

  /** The paths of all files, sorted. */
  paths(): readonly string[] {
    return [...pathsIn(this.#root, '')].toSorted()
  }

  /** A copy of the bytes of a file from `start` up to `end`. */
  read(path: string, range?: MemoryRange): Uint8Array {
    const { start = 0, end } = doors.read(range)
    return this.#file(path).bytes.slice(start, end)
  }

  /** A file as text in UTF-8. */
  text(path: string): string {
    return Buffer.from(this.#file(path).bytes).toString('utf8')
  }

  /** Replaces a file or makes it; with `at`, writes from that byte on and keeps what is before and behind it. */
  write(path: string, content: string | Uint8Array, options?: MemoryWriteOptions): void {
    const { at } = doors.write(options)
    inCall({ call: 'write' }, () => argument('content', oneContent, content))
    const parts = partsOf(path)
    const folder = this.#folder(parts.slice(0, -1), path)
    const name = nameOf(parts, path)
    const found = folder.children.get(name)
    if (found?.type === 'folder') throw wrongKind(path, 'a folder')
    const added = typeof content === 'string' ? Buffer.from(content, 'utf8') : content
    const bytes = at === undefined ? new Uint8Array(added) : spliced(found?.bytes, added, at)
    const mode = found?.mode
    const file: File = { type: 'file', bytes, modified: clock().date() }
    folder.children.set(name, mode === undefined ? file : { ...file, mode })
    folder.modified = clock().date()
  }

  /** Sets permission bits. */
  setMode(path: string, mode: number): void {
    inCall({ call: 'setMode' }, () => argument('mode', between(0, 0o7777), mode))
    this.#get(path).mode = mode
  }

  mkdir(path: string, options?: MemoryFolderOptions): void {
    const { recursive = false } = doors.mkdir(options)
    const parts = partsOf(path)
    let folder = this.#root
    for (const [index, part] of parts.entries()) {
      const isLast = index === parts.length - 1
      folder = childFolder(folder, part, {
        path,
        make: isLast || recursive,
        isNew: isLast && !recursive,
      })
    }
    if (parts.length === 0 && !recursive) throw exists(path)
  }

  /** Removes a file, an empty folder, or with `recursive` a folder with everything in it. */
  remove(path: string, options?: MemoryFolderOptions): void {
    const { recursive = false } = doors.remove(options)
    const parts = partsOf(path)
    const name = nameOf(parts, path)
    const node = this.#get(path)
    if (node.type === 'folder' && node.children.size > 0 && !recursive) {
      throw netError('NET_NOT_EMPTY', { message: `${path} is not empty` })
    }
    this.#folder(parts.slice(0, -1), path).children.delete(name)
  }

  /** Gives a file or folder another path; with `replace`, in the place of a file that is there. */
  rename(from: string, to: string, options?: MemoryRenameOptions): void {
    const { replace = false } = doors.rename(options)
    const node = this.#get(from)
    const [source, target] = [partsOf(from), partsOf(to)]
    if (source.every((part, index) => target[index] === part))
      throw wrongKind(to, 'inside what is renamed')
    const folder = this.#folder(target.slice(0, -1), to)
    const there = folder.children.get(nameOf(target, to))
    if (there !== undefined && (!replace || there.type === 'folder')) throw exists(to)
    this.#folder(source.slice(0, -1), from).children.delete(nameOf(source, from))
    folder.children.set(nameOf(target, to), node)
  }

  /** Sets when it was modified, in milliseconds since 1970. */
  setModified(path: string, modified: number): void {
    this.#get(path).modified = modified
  }

  #get(path: string): Node {
    const node = this.#find(partsOf(path))
    if (node === undefined) throw notFound(path)
    return node
  }

  #file(path: string): File {
    const node = this.#get(path)
    if (node.type === 'folder') throw wrongKind(path, 'a folder')
    return node
  }

  #folder(parts: readonly string[], path: string): Folder {
    const node = this.#find(parts)
    if (node === undefined) throw notFound(path)
    if (node.type === 'file') throw wrongKind(path, 'not in a folder')
    return node
  }

  #find(parts: readonly string[]): Node | undefined {
    let node: Node | undefined = this.#root
    for (const part of parts) node = node?.type === 'folder' ? node.children.get(part) : undefined
    return node
  }
}

interface File {
  readonly type: 'file'
  readonly bytes: Uint8Array
  modified: number
  mode?: number
}

interface Folder {
  readonly type: 'folder'
  readonly children: Map<string, Node>
  modified: number
  mode?: number
}

type Node = File | Folder

interface MakeOptions {
  readonly path: string
  readonly make: boolean
  readonly isNew: boolean
}

function childFolder(folder: Folder, name: string, { path, make, isNew }: MakeOptions): Folder {
  const found = folder.children.get(name)
  if (found !== undefined && isNew) throw exists(path)
  if (found?.type === 'folder') return found
  if (found !== undefined) throw wrongKind(path, 'not in a folder')
  if (!make) throw notFound(path)
  const made = newFolder()
  folder.children.set(name, made)
  return made
}

function newFolder(): Folder {
  return { type: 'folder', children: new Map(), modified: clock().date() }
}

function* pathsIn(folder: Folder, prefix: string): Generator<string> {
  for (const [name, node] of folder.children) {
    const path = `${prefix}/${name}`
    if (node.type === 'folder') yield* pathsIn(node, path)
    else yield path
  }
}

function entryOf(name: string, node: Node): MemoryEntry {
  const size = node.type === 'file' ? node.bytes.length : 0
  const { type, modified, mode } = node
  return { name, type, size, modified, ...(mode === undefined ? {} : { mode }) }
}

function partsOf(path: string): readonly string[] {
  const parts: string[] = []
  for (const part of argument('path', text, path).split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return parts
}

function parentOf(path: string): string {
  return partsOf(path).slice(0, -1).join('/')
}

function nameOf(parts: readonly string[], path: string): string {
  const name = parts.at(-1)
  if (name === undefined) throw wrongKind(path, 'the root')
  return name
}

function spliced(before: Uint8Array | undefined, added: Uint8Array, at: number): Uint8Array {
  const bytes = new Uint8Array(Math.max(before?.length ?? 0, at + added.length))
  if (before !== undefined) bytes.set(before)
  bytes.set(added, at)
  return bytes
}

function notFound(path: string): NetError {
  return netError('NET_NOT_FOUND', { message: `there is no ${path}` })
}

function exists(path: string): NetError {
  return netError('NET_EXISTS', { message: `${path} exists already` })
}

function wrongKind(path: string, what: string): NetError {
  return netError('NET_BAD_NAME', { message: `${path} is ${what}` })
}

const oneContent = either<string | Uint8Array>([text, binary])
const manyContents = record(oneContent)
const doors = {
  read: optionsDoor<MemoryRange>({ call: 'read' }, { start: size, end: size }),
  write: optionsDoor<MemoryWriteOptions>({ call: 'write' }, { at: size }),
  mkdir: optionsDoor<MemoryFolderOptions>({ call: 'mkdir' }, { recursive: flag }),
  remove: optionsDoor<MemoryFolderOptions>({ call: 'remove' }, { recursive: flag }),
  rename: optionsDoor<MemoryRenameOptions>({ call: 'rename' }, { replace: flag }),
}
