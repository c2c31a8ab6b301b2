/* Paths as they are sent: checked before a byte leaves, and written so that servers take them for nothing else. */

import { refused } from '@net/core/authoring'

import { isAsciiLine, toWire, type FtpEncoding } from './wire-text.ts'

/** Throws `NET_BAD_OPTION` for what is no path or cannot be written in the encoding, `NET_INJECTION` for a line break or NUL in it. */
export function checkPath(name: string, path: unknown, encoding: FtpEncoding): void {
  if (typeof path !== 'string' || path === '')
    throw refused("the path of a file or folder, such as 'in/report.csv'", path, name)
  if (!isAsciiLine(path)) toWire(path, encoding, name)
}

/**
 * The path as an argument that is taken for a path and nothing else: servers strip leading spaces, take a leading hyphen
 * for options of `ls`, `~x` for somebody's home, and 14 digits for the time that MDTM is to set.
 */
export function asArgument(path: string): string {
  return /^(?:[ ~-]|\d{14} )/.test(path) ? `./${path}` : path
}

/** The folder that a path is in, and its name there; the root and `.` have no name. */
export function splitPath(path: string): { readonly folder: string; readonly name: string } {
  const plain = path.replace(/(?<=.)\/+$/, '')
  const slash = plain.lastIndexOf('/')
  const name = plain.slice(slash + 1)
  const folder = slash < 0 ? '.' : slash === 0 ? '/' : plain.slice(0, slash)
  return { folder, name: name === '.' || name === '..' ? '' : name }
}

/** The folders above a path and the path itself, the outermost first. */
export function pathsDownTo(path: string): readonly string[] {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.')
  const root = path.startsWith('/') ? '/' : ''
  return parts.map((_, index) => root + parts.slice(0, index + 1).join('/'))
}
