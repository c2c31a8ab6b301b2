/* What the verbs take: a tree, or a path in one. */

import type { RemoteFiles } from '@net/core'
import { argument, netError, option, refused } from '@net/core/authoring'

import { faultOf, badName, join } from './tree-path.ts'

/** A path in a tree; made by `at`. */
export interface TreePlace {
  readonly files: RemoteFiles
  /** Without slashes at its ends; `''` for the root. */
  readonly path: string
  /** Whether it was written with a slash at its end, and so must be a folder. */
  readonly mustBeFolder: boolean
}

/** A tree, from its root on, or a path in one. */
export type Place = RemoteFiles | TreePlace

/** A path in a tree, from the root of the tree on: `at(localFiles('/srv'), 'www/index.html')`. Throws `NET_BAD_NAME` for `..` and the like. */
export function at(files: RemoteFiles, path: string): TreePlace {
  checkTree(files)
  const text = argument('the path', option.text, path)
  const parts = text.split('/').filter((part) => part !== '')
  for (const part of parts) {
    const why = faultOf(part)
    if (why !== undefined) throw badName(text, why)
  }
  return Object.freeze({ files, path: parts.join('/'), mustBeFolder: text.endsWith('/') })
}

/** The place that an argument of a verb means. Throws `NET_BAD_OPTION`. */
export function placeOf(name: string, place: Place): TreePlace {
  if (typeof place === 'string') {
    throw netError('NET_BAD_OPTION', {
      message: `${name} must be a tree, not a string: pass localFiles(folder), or at(tree, path)`,
    })
  }
  if (isTree(place)) return { files: place, path: '', mustBeFolder: true }
  const { files, path } = argument(name, option.methods<TreePlace>(MAY), place)
  return at(files, path).mustBeFolder
    ? at(files, path)
    : { ...at(files, path), mustBeFolder: place.mustBeFolder }
}

/** The path in the tree of a path below the place. */
export function pathIn(place: TreePlace, path: string): string {
  return path === '' ? place.path : join(place.path, path)
}

function checkTree(files: unknown): void {
  if (!isTree(files)) throw refused(MAY, files, 'the tree')
}

function isTree(value: unknown): value is RemoteFiles {
  return option.isObject(value) && typeof Reflect.get(value, 'list') === 'function'
}

const MAY = 'a tree such as localFiles(folder), or at(tree, path)'
