/* The files of the server as one user sees them: from a home that cannot be left, with what is allowed below each path. */

import type { MemoryFiles } from '@net/core/testing'

/** What is allowed below a path: nothing, reading, adding what cannot be read or replaced then, or everything. */
export type Permission = 'none' | 'read' | 'add' | 'all'

/** What the users of a server may see and do. */
export interface TreeRules {
  readonly files: MemoryFiles
  readonly permissions?: Readonly<Record<string, Permission>> | undefined
  readonly homes?: Readonly<Record<string, string>> | undefined
}

/** The user may not do that. */
export class NotAllowed extends Error {}

/** One user's view. */
export class UserTree {
  user = ''
  /** The current folder, from the home. */
  folder = '/'
  readonly #rules: TreeRules

  constructor(rules: TreeRules) {
    this.#rules = rules
  }

  /** How many bytes all files have. */
  get used(): number {
    const { files } = this.#rules
    return files.paths().reduce((sum, path) => sum + files.stat(path).size, 0)
  }

  /** Makes it the current folder. */
  enter(path: string): void {
    this.folder = this.#inHome(path)
  }

  /** The path from the root, with `.` and `..` resolved, which never leads above the user's home. */
  path(path: string): string {
    const { homes } = this.#rules
    const has = homes !== undefined && Object.hasOwn(homes, this.user)
    const home = has ? (homes[this.user] ?? '') : ''
    return `${home.replace(/\/$/, '')}${this.#inHome(path)}`
  }

  /** The same, if it may be read. Throws `NotAllowed`. */
  reading(path: string): string {
    const permission = this.#permission(path)
    if (permission === 'none' || permission === 'add') throw new NotAllowed()
    return this.path(path)
  }

  /** Throws `NotAllowed` unless adding to it, or everything, is allowed. */
  need(path: string, least: 'add' | 'all'): void {
    const permission = this.#permission(path)
    if (permission !== 'all' && permission !== least) throw new NotAllowed()
  }

  #permission(path: string): Permission {
    const target = this.path(path)
    const rules = Object.entries(this.#rules.permissions ?? {})
    const fitting = rules.filter(([folder]) => isWithin(folder, target))
    return fitting.toSorted(([a], [b]) => b.length - a.length)[0]?.[1] ?? 'all'
  }

  #inHome(path: string): string {
    const parts: string[] = []
    for (const part of (path.startsWith('/') ? path : `${this.folder}/${path}`).split('/')) {
      if (part === '..') parts.pop()
      else if (part !== '' && part !== '.') parts.push(part)
    }
    return `/${parts.join('/')}`
  }
}

function isWithin(folder: string, path: string): boolean {
  const plain = folder.replace(/\/$/, '')
  return path === plain || path.startsWith(`${plain}/`)
}
