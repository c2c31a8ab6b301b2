/* The nodes of a tree in memory by their paths. No link is followed on the way to a node. */

import type { RemoteCapabilities } from '@net/core'
import { netError } from '@net/core/authoring'

import { unsupported } from '../refusals.ts'
import { badName, folderOf, nameOf, partsOf, resolvedLink } from '../tree-path.ts'
import {
  keptName,
  keyOf,
  newFile,
  newFolder,
  notFound,
  type MemoryChild,
  type MemoryFile,
  type MemoryFolder,
  type MemoryNode,
} from './memory-node.ts'

/** One tree. Paths that lead elsewhere are `NET_BAD_NAME`. */
export class MemoryTree {
  readonly can: RemoteCapabilities
  readonly #root: MemoryFolder = newFolder()

  constructor(can: RemoteCapabilities) {
    this.can = can
  }

  /** What is at the path; undefined for nothing. */
  find(path: string): MemoryChild | undefined {
    let at: MemoryChild | undefined = { name: '', node: this.#root }
    for (const part of partsOf(path)) {
      at = at?.node.type === 'folder' ? at.node.children.get(keyOf(part, this.can)) : undefined
    }
    return at
  }

  /** What is at the path. Throws `NET_NOT_FOUND`. */
  child(path: string): MemoryChild {
    const found = this.find(path)
    if (found === undefined) throw notFound(path)
    return found
  }

  /** How the last part of the path is spelled in the tree. */
  spelling(path: string): string {
    return this.find(path)?.name ?? nameOf(path)
  }

  file(path: string): MemoryFile {
    const { node } = this.child(path)
    if (node.type !== 'file') throw badName(path, `it is a ${node.type}`)
    return node
  }

  folder(path: string): MemoryFolder {
    const { node } = this.child(path)
    if (node.type !== 'folder') throw badName(path, `it is a ${node.type}`)
    return node
  }

  /** The path of what a chain of links leads to. Throws `NET_NOT_FOUND`, and `NET_BAD_NAME` for one out of the tree. */
  endOfLinks(path: string): string {
    let at = path
    for (let links = 0; links < MOST_LINKS; links++) {
      const { node } = this.child(at)
      if (node.type !== 'link') return at
      const next = resolvedLink(at, node.target)
      if (next === undefined) throw badName(at, 'the link leads out of the tree')
      at = next
    }
    throw badName(path, 'it leads through too many links')
  }

  /** Throws unless something can have that path: its folder is there, and its name is allowed. */
  checkPlace(path: string): void {
    const folder = partsOf(path).slice(0, -1).join('/')
    if (path === '') throw badName(path, 'it is the root')
    keptName(nameOf(path), this.can)
    this.folder(folder)
  }

  /** Puts the node at the path; in the place of what is there, under the spelling of that. */
  put(path: string, node: MemoryNode): void {
    this.checkPlace(path)
    const folder = this.folder(folderOf(path))
    const name = keptName(nameOf(path), this.can)
    const key = keyOf(name, this.can)
    folder.children.set(key, { name: folder.children.get(key)?.name ?? name, node })
  }

  /** Takes the node away. */
  take(path: string): void {
    if (path === '') throw badName(path, 'it is the root')
    this.folder(folderOf(path)).children.delete(keyOf(nameOf(path), this.can))
  }

  makeFolder(path: string, recursive: boolean): void {
    const found = this.find(path)
    if (found !== undefined && (!recursive || found.node.type !== 'folder')) {
      throw netError('NET_EXISTS', { message: `${path} exists already` })
    }
    if (found !== undefined) return
    if (recursive) this.makeFolder(folderOf(path), true)
    this.put(path, newFolder())
  }

  /** Makes an empty file, and the folders above it. */
  makeFile(path: string): MemoryFile {
    this.makeFolder(folderOf(path), true)
    const file = newFile()
    this.put(path, file)
    return file
  }

  need(can: boolean, what: string): void {
    if (!can) throw unsupported(what)
  }
}

const MOST_LINKS = 40
