/* Paths within a tree: parts with `/` between them, relative to the root, which is `''`. Text only. */

import type { NetError } from '@net/core'
import { netError } from '@net/core/authoring'

/** The parts of a path. Throws `NET_BAD_NAME` for one that would lead elsewhere. */
export function partsOf(path: string): readonly string[] {
  if (path === '') return []
  const parts = path.split('/')
  for (const part of parts) {
    const why = faultOf(part)
    if (why !== undefined) throw badName(path, why)
  }
  return parts
}

/** Why nothing can have that name anywhere; undefined for a name. */
export function faultOf(name: string): string | undefined {
  if (name === '') return 'a part of it is empty'
  if (name === '.' || name === '..') return '"." and ".." lead elsewhere'
  if (name.includes('/')) return 'it has a slash'
  return name.includes('\0') ? 'it has a NUL' : undefined
}

/** The path of what has that name in the folder. */
export function join(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`
}

/** The folder of a path; `''` for a name in the root. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')))
}

/** The last part of a path. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/** Whether the path is the folder or lies in it, at any depth. */
export function isWithin(folder: string, path: string): boolean {
  return folder === '' || path === folder || path.startsWith(`${folder}/`)
}

/** Where a link at `path` leads within the tree; undefined where it leads out of it. */
export function resolvedLink(path: string, target: string): string | undefined {
  if (target.startsWith('/') || target.includes('\0')) return undefined
  const parts = folderOf(path).split('/').filter(Boolean)
  for (const part of target.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') parts.push(part)
    else if (parts.pop() === undefined) return undefined
  }
  return parts.join('/')
}

/** The error for a name that is not allowed. */
export function badName(path: string, why: string): NetError {
  return netError('NET_BAD_NAME', {
    message: `the name ${JSON.stringify(path)} is not allowed: ${why}`,
  })
}
