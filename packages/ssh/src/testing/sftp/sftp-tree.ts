/*
 * A tree of files in memory, as a Unix system has it: modes, times, links, and types that are no files. It must not know
 * how a server speaks of it.
 */

import type { SftpAttributes } from '../../sftp/attributes.ts'
import {
  StoreError,
  type SftpStore,
  type StoredEntry,
  type StoredFile,
  type StoreOpening,
} from './sftp-store.ts'
import {
  nodeAttributes,
  bytesOf,
  change,
  newNode,
  nodeOf,
  now,
  resize,
  type SftpContent,
  type TreeNode,
} from './tree-node.ts'

/** Files by path; a text is stored as UTF-8. */
export type SftpContents = Readonly<Record<string, SftpContent>>

/** Files in memory. Paths of its own methods are text, and begin at the root. */
export class SftpTree implements SftpStore {
  readonly home: string = '/'
  /** How many bytes it takes; beyond that it is full. Default any number. */
  capacity: number = Infinity
  readonly #root: TreeNode = newNode('folder', 0o755)
  #tellsTypes = true

  /** Makes the folders above these files as well. */
  constructor(contents: SftpContents = {}) {
    for (const [path, content] of Object.entries(contents)) this.put(path, content)
  }

  /** Writes a file, link or whatever else, and the folders above it. */
  put(path: string, content: SftpContent): void {
    const parts = partsOf(bytesOf(path))
    const name = parts.pop() ?? ''
    let folder = this.#root
    for (const part of parts) {
      const next = folder.children.get(part) ?? newNode('folder', 0o755)
      folder.children.set(part, next)
      folder = next
    }
    folder.children.set(name, nodeOf(content))
  }

  /** Adds to a file that is there, as a program does that writes a log. */
  append(path: string, content: string | Uint8Array): void {
    const node = this.#get(bytesOf(path), true)
    const added = Buffer.from(content as Uint8Array)
    const { size } = node
    resize(node, size + added.length)
    node.bytes.set(added, size)
  }

  /** Makes a folder, and those above it. */
  makeFolder(path: string): void {
    this.put(`${path}/x`, '')
    this.#folderAt(bytesOf(path)).children.delete('x')
  }

  exists(path: string): boolean {
    return this.#look(bytesOf(path), false) !== undefined
  }

  /** A copy of the bytes of a file. */
  read(path: string): Uint8Array {
    const { bytes, size } = this.#get(bytesOf(path), true)
    return Uint8Array.from(bytes.subarray(0, size))
  }

  /** A file as text in UTF-8. */
  text(path: string): string {
    return Buffer.from(this.read(path)).toString('utf8')
  }

  /** The permission bits. */
  mode(path: string): number {
    return this.#get(bytesOf(path), false).mode
  }

  /** The paths of all that is no folder, sorted. */
  paths(): readonly string[] {
    return [...pathsIn(this.#root, '')].toSorted()
  }

  async open(path: string, how: StoreOpening): Promise<StoredFile> {
    const found = this.#look(path, true)
    if (found !== undefined && how.exclusive) throw new StoreError('exists')
    if (found?.type === 'folder' && how.writes) throw new StoreError('isFolder')
    const node = found ?? this.#made(path, how)
    if (how.truncates && how.writes) resize(node, 0)
    return new TreeFile(node, how, () => this.#free())
  }

  async list(path: string): Promise<readonly StoredEntry[]> {
    const { children } = this.#folderAt(path)
    return [...children].map(([name, node]) => {
      const attributes = nodeAttributes(node)
      if (this.#tellsTypes) return { name, attributes }
      return { name, attributes: { ...attributes, permissions: node.mode }, line: '' }
    })
  }

  async stat(path: string, follow: boolean): Promise<SftpAttributes> {
    return nodeAttributes(this.#get(path, follow))
  }

  async set(path: string, attributes: SftpAttributes, follow: boolean): Promise<void> {
    change(this.#get(path, follow), attributes)
  }

  async mkdir(path: string, mode: number | undefined): Promise<void> {
    if (this.#look(path, false) !== undefined) throw new StoreError('exists')
    this.#put(path, newNode('folder', mode ?? 0o755))
  }

  async remove(path: string): Promise<void> {
    if (this.#get(path, false).type === 'folder') throw new StoreError('isFolder')
    this.#drop(path)
  }

  async rmdir(path: string): Promise<void> {
    const node = this.#get(path, false)
    if (node.type !== 'folder') throw new StoreError('notFolder')
    if (node.children.size > 0) throw new StoreError('notEmpty')
    this.#drop(path)
  }

  async rename(from: string, to: string, replace: boolean): Promise<void> {
    const node = this.#get(from, false)
    const there = this.#look(to, false)
    if (there !== undefined && !replace) throw new StoreError('exists')
    if (there?.type === 'folder') throw new StoreError('isFolder')
    if (to.startsWith(`${from}/`)) throw new StoreError('failed')
    // Two names of one file stay, as rename(2) has it.
    if (there === node) return
    this.#put(to, node)
    this.#drop(from)
  }

  async readLink(path: string): Promise<string> {
    const node = this.#get(path, false)
    if (node.type !== 'link') throw new StoreError('notLink')
    return node.target
  }

  async realPath(path: string): Promise<string> {
    for (let real = path, links = 0; ; links++) {
      const next = this.#withoutFirstLink(real)
      if (next === undefined || links === MOST_LINKS) return real
      real = next
    }
  }

  async symlink(target: string, path: string): Promise<void> {
    if (this.#look(path, false) !== undefined) throw new StoreError('exists')
    const node = newNode('link', 0o777)
    node.target = target
    this.#put(path, node)
  }

  async link(from: string, to: string): Promise<void> {
    if (this.#look(to, false) !== undefined) throw new StoreError('exists')
    this.#put(to, this.#get(from, false))
  }

  /** From here on attributes tell this size of the file, whatever it has. */
  lieAbout(path: string, size: number): void {
    this.#get(bytesOf(path), true).told = size
  }

  /** Puts an empty file into the folder under this name, in Latin-1, whatever it would mean as a path. */
  nameBadly(folder: string, name: string): void {
    this.#folderAt(bytesOf(folder)).children.set(name, newNode('file', 0o644))
  }

  /** From here on listings have neither types nor lines that say them. */
  tellNoTypes(): void {
    this.#tellsTypes = false
  }

  #made(path: string, { creates, mode }: StoreOpening): TreeNode {
    if (!creates) throw new StoreError('missing')
    const node = newNode('file', mode ?? 0o644)
    this.#put(path, node)
    return node
  }

  #put(path: string, node: TreeNode): void {
    const parts = partsOf(path)
    const name = parts.pop() ?? ''
    if (name === '') throw new StoreError('failed')
    if (name.length > LONGEST_NAME) throw new StoreError('badName')
    this.#folderAt(`/${parts.join('/')}`).children.set(name, node)
  }

  #drop(path: string): void {
    const parts = partsOf(path)
    const name = parts.pop() ?? ''
    this.#folderAt(`/${parts.join('/')}`).children.delete(name)
  }

  #folderAt(path: string): TreeNode {
    const node = this.#get(path, true)
    if (node.type !== 'folder') throw new StoreError('notFolder')
    return node
  }

  #get(path: string, follow: boolean): TreeNode {
    const node = this.#look(path, follow)
    if (node === undefined) throw new StoreError('missing')
    return node
  }

  #look(path: string, follow: boolean, links: number = 0): TreeNode | undefined {
    const parts = partsOf(path)
    let node: TreeNode | undefined = this.#root
    for (const [at, part] of parts.entries()) {
      if (part.length > LONGEST_NAME) throw new StoreError('badName')
      if (node.type !== 'folder') throw new StoreError('notFolder')
      node = node.children.get(part)
      if (node === undefined) return undefined
      const isLast = at === parts.length - 1
      if (node.type === 'link' && (!isLast || follow)) {
        if (links === MOST_LINKS) throw new StoreError('missing')
        const above = `/${parts.slice(0, at).join('/')}`
        const target = node.target.startsWith('/') ? node.target : `${above}/${node.target}`
        const rest = parts.slice(at + 1).join('/')
        return this.#look(`${target}/${rest}`, follow, links + 1)
      }
    }
    return node
  }

  /** The path with what its first link leads to in the place of the link; undefined without one. */
  #withoutFirstLink(path: string): string | undefined {
    const parts = partsOf(path)
    for (const at of parts.keys()) {
      const above = parts.slice(0, at)
      const node = this.#look(`/${[...above, parts[at]].join('/')}`, false)
      if (node?.type !== 'link') continue
      const base = node.target.startsWith('/') ? [] : above
      const rest = parts.slice(at + 1)
      return `/${partsOf([...base, node.target, ...rest].join('/')).join('/')}`
    }
    return undefined
  }

  #free(): number {
    return this.capacity === Infinity ? Infinity : this.capacity - sizeIn(this.#root)
  }
}

class TreeFile implements StoredFile {
  readonly #node: TreeNode
  readonly #how: StoreOpening
  readonly #free: () => number

  constructor(node: TreeNode, how: StoreOpening, free: () => number) {
    this.#node = node
    this.#how = how
    this.#free = free
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    if (!this.#how.reads) throw new StoreError('wrongMode')
    if (this.#node.type === 'folder') throw new StoreError('isFolder')
    const { bytes, size } = this.#node
    // What follows may write while this is on its way.
    return Buffer.from(bytes.subarray(offset, Math.min(size, offset + length)))
  }

  async write(offset: number, data: Uint8Array): Promise<void> {
    if (!this.#how.writes) throw new StoreError('wrongMode')
    const node = this.#node
    const start = this.#how.appends ? node.size : offset
    const end = start + data.length
    if (end - node.size > this.#free()) throw new StoreError('full')
    if (end > node.size) resize(node, end)
    node.bytes.set(data, start)
    node.modified = now()
  }

  async stat(): Promise<SftpAttributes> {
    return nodeAttributes(this.#node)
  }

  async set(attributes: SftpAttributes): Promise<void> {
    change(this.#node, attributes)
  }

  async close(): Promise<void> {}
}

function* pathsIn(folder: TreeNode, prefix: string): Generator<string> {
  for (const [name, node] of folder.children) {
    const path = `${prefix}/${Buffer.from(name, 'latin1').toString('utf8')}`
    if (node.type === 'folder') yield* pathsIn(node, path)
    else yield path
  }
}

function sizeIn(folder: TreeNode): number {
  let sum = folder.size
  for (const node of folder.children.values()) sum += sizeIn(node)
  return sum
}

/** The names of a path; `..` never leads above the root. */
function partsOf(path: string): string[] {
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return parts
}

const LONGEST_NAME = 255
const MOST_LINKS = 40
