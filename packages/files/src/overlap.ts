/* Whether two places are one, or one lies in the other. */

import { realpathSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

import { netError } from '@net/core/authoring'

import type { TreePlace } from './place.ts'
import { isWithin } from './tree-path.ts'

/** Throws `NET_BAD_OPTION` where the target lies in the source, or, with `both`, the source in the target. */
export function refuseOverlap(from: TreePlace, to: TreePlace, both: boolean): void {
  const [source, target] = [realNameOf(from), realNameOf(to)]
  if (!isWithin(source, target) && !(both && isWithin(target, source))) return
  throw netError('NET_BAD_OPTION', {
    message: `the source ${source} and the target ${target} overlap`,
  })
}

/** The path of the inner place below the outer one, by whatever roots both are named; undefined where it lies elsewhere. */
export function pathBelow(outer: TreePlace, inner: TreePlace): string | undefined {
  const [around, within] = [realNameOf(outer), realNameOf(inner)]
  return isWithin(around, within) ? within.slice(around.length + 1) : undefined
}

/** The name of the place, the same by whatever root it is named. */
export function nameOfPlace({ files, path }: NamedPlace): string {
  const name = unescaped(files.name.replace(/\/$/, ''))
  return path === '' ? name : `${name}/${path}`
}

/** The same, also where links lead to the root of a local tree; within a tree no link is followed. */
function realNameOf({ files, path }: TreePlace): string {
  if (!files.name.startsWith('file:')) return nameOfPlace({ files, path })
  const { href } = pathToFileURL(realPath(fileURLToPath(files.name)))
  return nameOfPlace({ files: { name: href }, path })
}

/** What is not there yet is going to be where its folder really is. */
function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    const above = dirname(path)
    return above === path ? path : join(realPath(above), basename(path))
  }
}

interface NamedPlace extends Pick<TreePlace, 'path'> {
  readonly files: Pick<TreePlace['files'], 'name'>
}

/** Names are URLs, each of which escapes what its kind escapes; paths are as they are. */
function unescaped(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}
