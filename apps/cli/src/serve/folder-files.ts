/*
 * A folder of this machine for a server whose files are in memory: read when it starts, and written to with every change. What
 * others put there meanwhile is not seen, and stays. For tests: all of it is held in memory.
 */

import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'

import { netError } from '@net/core/authoring'
import {
  MemoryFiles,
  type MemoryFolderOptions,
  type MemoryRenameOptions,
  type MemoryWriteOptions,
} from '@net/core/testing'

/** The files of a folder; links are left out, so that nothing outside can be reached. */
export class FolderFiles extends MemoryFiles {
  readonly #folder: string
  #isLoaded = false

  constructor(folder: string) {
    super()
    this.#folder = folder
    this.#load('')
    this.#isLoaded = true
  }

  override write(path: string, content: string | Uint8Array, options?: MemoryWriteOptions): void {
    const at = this.#at(path)
    if (this.#isLoaded) this.#refuseUnseen(path, at)
    super.write(path, content, options)
    if (this.#isLoaded) writeFileSync(at, this.read(path))
  }

  override mkdir(path: string, options?: MemoryFolderOptions): void {
    const at = this.#at(path)
    super.mkdir(path, options)
    if (this.#isLoaded) mkdirSync(at, { recursive: true })
  }

  override remove(path: string, options?: MemoryFolderOptions): void {
    const at = this.#at(path)
    const isFolder = this.stat(path).type === 'folder'
    const inside = isFolder ? this.list(path) : []
    const isRecursive = options?.recursive === true
    if (isRecursive) for (const { name } of inside) this.remove(`${path}/${name}`, options)
    if (isRecursive || inside.length === 0) this.#refuseFilled(path, at, isFolder)
    super.remove(path)
    if (isFolder) rmdirSync(at)
    else unlinkSync(at)
  }

  override rename(from: string, to: string, options?: MemoryRenameOptions): void {
    const [before, after] = [this.#at(from), this.#at(to)]
    this.#refuseUnseen(to, after)
    super.rename(from, to, options)
    renameSync(before, after)
  }

  override setMode(path: string, mode: number): void {
    super.setMode(path, mode)
    chmodSync(this.#at(path), mode)
  }

  #load(path: string): void {
    for (const entry of readdirSync(join(this.#folder, path), { withFileTypes: true })) {
      const inside = `${path}/${entry.name}`
      if (entry.isDirectory()) {
        this.mkdir(inside)
        this.#load(inside)
      } else if (entry.isFile()) this.write(inside, readFileSync(join(this.#folder, inside)))
    }
  }

  /** Links and devices that were left out, and what others have put there meanwhile, give way to nothing. */
  #refuseUnseen(path: string, at: string): void {
    if (this.exists(path) || lstatSync(at, { throwIfNoEntry: false }) === undefined) return
    throw netError('NET_EXISTS', { message: `${path} is there, and not seen here` })
  }

  /** What others have put into a folder, or in the place of a file, stays. */
  #refuseFilled(path: string, at: string, isFolder: boolean): void {
    const isFolderThere = lstatSync(at, { throwIfNoEntry: false })?.isDirectory() === true
    if (isFolderThere && (!isFolder || readdirSync(at).length > 0))
      throw netError('NET_NOT_EMPTY', { message: `${path} has files that are not seen here` })
  }

  /** `..` never leads above the root of a tree, and so never out of the folder; nor does a link, which was left out. */
  #at(path: string): string {
    const parts: string[] = []
    for (const part of path.split('/')) {
      if (part === '..') parts.pop()
      else if (part !== '' && part !== '.') parts.push(part)
    }
    let at = this.#folder
    for (const part of parts) {
      at = join(at, part)
      if (lstatSync(at, { throwIfNoEntry: false })?.isSymbolicLink() !== true) continue
      throw netError('NET_ACCESS_DENIED', { message: `${path} is a link in the folder` })
    }
    return at
  }
}
