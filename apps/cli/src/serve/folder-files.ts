/*
 * A folder of this machine for a server whose files are in memory: read when it starts, and written to with every change. What
 * others change there meanwhile is not seen. For tests: all of it is held in memory.
 */

import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'

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
    super.write(path, content, options)
    if (this.#isLoaded) writeFileSync(this.#at(path), this.read(path))
  }

  override mkdir(path: string, options?: MemoryFolderOptions): void {
    super.mkdir(path, options)
    if (this.#isLoaded) mkdirSync(this.#at(path), { recursive: true })
  }

  override remove(path: string, options?: MemoryFolderOptions): void {
    super.remove(path, options)
    rmSync(this.#at(path), { recursive: true })
  }

  override rename(from: string, to: string, options?: MemoryRenameOptions): void {
    super.rename(from, to, options)
    renameSync(this.#at(from), this.#at(to))
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

  /** `..` never leads above the root of a tree, and so never out of the folder. */
  #at(path: string): string {
    const parts: string[] = []
    for (const part of path.split('/')) {
      if (part === '..') parts.pop()
      else if (part !== '' && part !== '.') parts.push(part)
    }
    return join(this.#folder, ...parts)
  }
}
