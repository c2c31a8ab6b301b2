/*
 * A tree of files in memory: a whole implementation of `RemoteFiles`, which can be told to be as poor as any server.
 * What is written shows under its name while it is written, as on a server.
 */

import { createHash } from 'node:crypto'

import type {
  CallOptions,
  RemoteCapabilities,
  RemoteCopyOptions,
  RemoteEntry,
  RemoteFiles,
  RemoteMkdirOptions,
  RemoteReadOptions,
  RemoteRemoveOptions,
  RemoteRenameOptions,
  RemoteStatOptions,
  RemoteWriteOptions,
  Source,
} from '@net/core'
import {
  checkSource,
  netError,
  nextId,
  openSourceAtOnce,
  type CallKind,
  type Operation,
} from '@net/core/authoring'

import { unsupported } from '../refusals.ts'
import { pour } from '../pour.ts'
import { treeCall, treeIteration } from '../tree-call.ts'
import { badName } from '../tree-path.ts'
import { memoryEntry, newFile, newLink, putBytes, type MemoryFile } from './memory-node.ts'
import { capabilitiesOf, memoryDoor, type MemoryFilesOptions } from './memory-options.ts'
import { MemoryTree } from './memory-tree.ts'

/** Makes a tree of files in memory. Throws `NET_BAD_OPTION`. */
export function memoryFiles(options?: MemoryFilesOptions): RemoteFiles {
  const { contents = {}, name = `memory:${nextId()}`, can } = memoryDoor(options)
  const tree = new MemoryTree(capabilitiesOf(can))
  for (const [path, content] of Object.entries(contents)) {
    const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content
    putBytes(tree.makeFile(path), bytes, 0)
  }
  return new MemoryFiles(name, tree)
}

class MemoryFiles implements RemoteFiles {
  readonly name: string
  readonly #tree: MemoryTree
  readonly #can: RemoteCapabilities
  declare readonly copyWithin?: NonNullable<RemoteFiles['copyWithin']>
  declare readonly hash?: NonNullable<RemoteFiles['hash']>

  constructor(name: string, tree: MemoryTree) {
    this.name = name
    this.#tree = tree
    this.#can = tree.can
    // What a poor tree has not got is not there at all.
    if (tree.can.hashes.length > 0) this.hash = (path, by, o) => this.#hash(path, by, o)
    if (tree.can.rename !== 'none') this.copyWithin = (from, to, o) => this.#copyWithin(from, to, o)
  }

  capabilities(options?: CallOptions): Promise<RemoteCapabilities> {
    return this.#call('capabilities', '', options, () => this.#can)
  }

  list(path: string, options?: CallOptions): AsyncGenerator<RemoteEntry, undefined, undefined> {
    const tree = this.#tree
    const verb = { operation: 'list', target: path, kind: 'transfer' } as const
    return treeIteration(verb, options, async function* entries() {
      const { children } = tree.folder(path)
      for (const child of children.values()) yield memoryEntry(child, path, tree.can)
    })
  }

  stat(path: string, options: RemoteStatOptions = {}): Promise<RemoteEntry> {
    const { follow = false, ...rest } = options
    return this.#call('stat', path, rest, () => {
      const child = this.#tree.child(follow ? this.#tree.endOfLinks(path) : path)
      return memoryEntry({ ...child, name: this.#tree.spelling(path) }, folderPart(path), this.#can)
    })
  }

  read(path: string, options: RemoteReadOptions = {}): AsyncGenerator<Uint8Array, undefined> {
    const { start = 0, end = Infinity, ...rest } = options
    const tree = this.#tree
    const verb = { operation: 'read', target: path, kind: 'transfer' } as const
    return treeIteration(verb, rest, async function* chunks(op: Operation) {
      if (start > 0 || end !== Infinity) tree.need(tree.can.readOffsets, 'read at an offset')
      // As it is now: what is written meanwhile is another version, or behind it.
      const { bytes, length } = tree.file(path)
      const last = Math.min(end, length)
      for (let at = start; at < last; at += CHUNK) {
        yield bytes.slice(at, Math.min(at + CHUNK, last))
        op.progress(at - start, length)
      }
    })
  }

  write(path: string, source: Source, options: RemoteWriteOptions = {}): Promise<void> {
    const { start = 0, keepRest = false, ...rest } = options
    const verb = { operation: 'write', target: path, kind: 'transfer' } as const
    return treeCall(
      verb,
      rest,
      () => checkSource(source),
      async (_, op) => {
        await using input = await openSourceAtOnce(source)
        this.#check(path, start, keepRest)
        // What is there goes when the first byte comes: the source may fail until then, or be the file itself.
        let file: MemoryFile | undefined
        let at = start
        await pour(op, input, (chunk) => {
          file ??= this.#opened(path, start, keepRest)
          putBytes(file, chunk, at)
          at += chunk.length
        })
        file ??= this.#opened(path, start, keepRest)
      },
    )
  }

  mkdir(path: string, options: RemoteMkdirOptions = {}): Promise<void> {
    const { recursive = false, ...rest } = options
    return this.#call('mkdir', path, rest, () => this.#tree.makeFolder(path, recursive))
  }

  remove(path: string, options: RemoteRemoveOptions = {}): Promise<void> {
    const { recursive = false, ...rest } = options
    return this.#call('remove', path, rest, () => {
      const { node } = this.#tree.child(path)
      if (node.type === 'folder' && node.children.size > 0 && !recursive) {
        throw netError('NET_NOT_EMPTY', { message: `${path} is not empty` })
      }
      this.#tree.take(path)
    })
  }

  rename(from: string, to: string, options: RemoteRenameOptions = {}): Promise<void> {
    const { replace = false, ...rest } = options
    return this.#call('rename', from, rest, () => {
      this.#tree.need(this.#can.rename !== 'none', 'rename')
      const { node } = this.#tree.child(from)
      const there = this.#tree.find(to)
      const isSame = there?.node === node
      if (there !== undefined && !isSame && (!replace || there.node.type === 'folder')) {
        throw netError('NET_EXISTS', { message: `${to} exists already` })
      }
      if (to.startsWith(`${from}/`)) throw badName(to, 'it is inside what is renamed')
      this.#tree.checkPlace(to)
      this.#tree.take(from)
      if (there !== undefined && !isSame) this.#tree.take(to)
      this.#tree.put(to, node)
    })
  }

  setModified(path: string, modified: number, options?: CallOptions): Promise<void> {
    return this.#call('setModified', path, options, () => {
      this.#tree.need(this.#can.times?.canSet === true, 'set times')
      this.#tree.child(path).node.modified = modified
    })
  }

  setMode(path: string, mode: number, options?: CallOptions): Promise<void> {
    return this.#call('setMode', path, options, () => {
      this.#tree.need(this.#can.modes, 'set modes')
      this.#tree.child(path).node.mode = mode
    })
  }

  symlink(target: string, path: string, options?: CallOptions): Promise<void> {
    return this.#call('symlink', path, options, () => {
      this.#tree.need(this.#can.links, 'make links')
      if (this.#tree.find(path) !== undefined) {
        throw netError('NET_EXISTS', { message: `${path} exists already` })
      }
      this.#tree.put(path, newLink(target))
    })
  }

  readLink(path: string, options?: CallOptions): Promise<string> {
    return this.#call('readLink', path, options, () => {
      this.#tree.need(this.#can.links, 'read links')
      const { node } = this.#tree.child(path)
      if (node.type !== 'link') throw badName(path, 'it is no link')
      return node.target
    })
  }

  #hash(path: string, algorithm: string, options?: CallOptions): Promise<string> {
    return this.#call('hash', path, options, () => {
      this.#tree.need(this.#can.hashes.includes(algorithm), `hash with ${algorithm}`)
      const { bytes, length } = this.#tree.file(path)
      return createHash(algorithm).update(bytes.subarray(0, length)).digest('hex')
    })
  }

  #copyWithin(from: string, to: string, options: RemoteCopyOptions = {}): Promise<void> {
    const { source = this, ...rest } = options
    return this.#call('copyWithin', from, rest, () => {
      if (source !== this) throw unsupported('copy from another tree')
      const { bytes, length } = this.#tree.file(from)
      const copy = { ...newFile(), bytes: bytes.slice(0, length), length }
      this.#tree.checkPlace(to)
      const there = this.#tree.find(to)
      if (there?.node.type === 'folder') throw badName(to, 'it is a folder')
      if (there?.node.type === 'file') Object.assign(there.node, { bytes: copy.bytes, length })
      else this.#tree.put(to, copy)
    })
  }

  #check(path: string, start: number, keepRest: boolean): void {
    const { writeOffsets } = this.#can
    if (start > 0) this.#tree.need(writeOffsets !== false, 'write at an offset')
    if (keepRest) this.#tree.need(writeOffsets === 'rest', 'keep the rest')
    const isThere = this.#tree.find(path) !== undefined
    const length = isThere ? this.#tree.file(path).length : 0
    if (!isThere) this.#tree.checkPlace(path)
    if (start > length && !keepRest) throw notFoundBefore(path, start)
  }

  #opened(path: string, start: number, keepRest: boolean): MemoryFile {
    const file = this.#tree.find(path) === undefined ? this.#fresh(path) : this.#tree.file(path)
    if (keepRest) return file
    // The bytes of before are those of who reads them.
    if (start === 0) file.bytes = new Uint8Array(0)
    file.length = start
    return file
  }

  #fresh(path: string): MemoryFile {
    const file = newFile()
    this.#tree.checkPlace(path)
    this.#tree.put(path, file)
    return file
  }

  #call<T>(
    operation: string,
    target: string,
    options: CallOptions | undefined,
    work: () => T,
  ): Promise<T> {
    const verb = { operation, target, kind: COMMAND }
    return treeCall(
      verb,
      options,
      () => {},
      async () => work(),
    )
  }
}

function notFoundBefore(path: string, start: number): Error {
  return netError('NET_SIZE_MISMATCH', { message: `${path} has no ${start} bytes to go on behind` })
}

function folderPart(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')))
}

const COMMAND: CallKind = 'command'
const CHUNK = 65_536
