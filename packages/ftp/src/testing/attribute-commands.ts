/* What the server does to times, modes and hashes of files: MFMT, SITE, HASH and the commands with an X. It knows no session. */

import { createHash } from 'node:crypto'

import type { MemoryFiles } from '@net/core/testing'

import { timeText } from './listing-text.ts'

/** A command on one path, as its reply. */
export type AttributeCommand = (
  files: MemoryFiles,
  argument: string,
  resolve: (path: string) => string,
) => string

/** `MFMT 20260101120000 name`. */
export const setTime: AttributeCommand = (files, argument, resolve) => {
  const [time = '', path = ''] = halves(argument)
  const modified = timeOf(time)
  if (modified === undefined) return '501 A time and a name, please.'
  files.setModified(resolve(path), modified)
  return `213 Modify=${timeText(modified)}; ${path}`
}

/** `SITE CHMOD 644 name`, `SITE UTIME 20260101120000 name`, `SITE HELP`. */
export const site: AttributeCommand = (files, argument, resolve) => {
  const [verb = '', rest = ''] = halves(argument)
  switch (verb.toUpperCase()) {
    case 'HELP':
      return '214-SITE commands:\r\n CHMOD\r\n UTIME\r\n214 End'
    case 'CHMOD': {
      const [digits = '', path = ''] = halves(rest)
      if (!/^[0-7]{3,4}$/.test(digits)) return '501 A mode and a name, please.'
      files.setMode(resolve(path), Number.parseInt(digits, 8))
      return '200 Mode changed.'
    }
    case 'UTIME':
      return setTime(files, rest, resolve)
    default:
      return `504 SITE ${verb} is not implemented.`
  }
}

/** The reply to a command that makes a hash; `shape` writes it. */
export function hashReply(
  algorithm: string,
  shape: (digits: string, size: number, path: string) => string,
): AttributeCommand {
  return (files, path, resolve) => {
    const bytes = files.read(resolve(path))
    return shape(createHash(algorithm).update(bytes).digest('hex'), bytes.length, path)
  }
}

/** Algorithms of HASH, by their names in FEAT. */
export const HASHES: ReadonlyMap<string, string> = new Map([
  ['SHA-256', 'sha256'],
  ['SHA-1', 'sha1'],
  ['MD5', 'md5'],
])

function halves(text: string): readonly string[] {
  const space = text.indexOf(' ')
  return space < 0 ? [text] : [text.slice(0, space), text.slice(space + 1)]
}

function timeOf(text: string): number | undefined {
  const [, y, mo, d, h, mi, s] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(text) ?? []
  if (y === undefined) return undefined
  const time = Date.parse(`${y}-${mo}-${d}T${h}:${mi}:${s}Z`)
  return Number.isNaN(time) ? undefined : time
}
