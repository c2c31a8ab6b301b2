/*
 * A path inside a folder from a name that a peer chose, such as a file name in a listing: refuses every name
 * that would lead out of the folder, on any system, also through links that are there already.
 */

import { isAbsolute, join, relative, sep } from 'node:path'

import { isError } from '../errors/is-error.ts'
import { netError, type NetError } from '../errors/net-error.ts'
import { inCall } from '../options/door.ts'
import { argument } from '../options/shape.ts'
import { list, text } from '../options/values.ts'
import { disk } from './disk.ts'
import { localError } from './local-error.ts'

/**
 * The path of `names` inside `folder`; a name may have several parts with `/` between them. Rejects with
 * `NET_BAD_NAME` for `..`, absolute paths, backslashes, control characters, names over 255 bytes, what Windows
 * understands as a device, drive or stream or would shorten, and for a link that leads out of the folder. Between
 * this check and the use of the path, other programs can still lay links: use folders that only you may write to.
 */
export async function safeJoin(folder: string, ...names: readonly string[]): Promise<string> {
  inCall({ call: 'safeJoin' }, () => {
    argument('the folder', text, folder)
    argument('the names', list(text), names)
  })
  const parts = names.flatMap((name) => name.split('/'))
  if (parts.length === 0) throw badName('a name is missing', '')
  for (const part of parts) {
    const why = whyUnsafe(part)
    if (why !== undefined) throw badName(why, names.join('/'))
  }
  await refuseLinksOut(folder, parts)
  return join(folder, ...parts)
}

/** Why `safeJoin` refuses the name, which is one part of a path; undefined for a name that is safe on any system. */
export function whyUnsafe(name: string): string | undefined {
  return faults.find(({ found }) => found(name))?.why
}

async function refuseLinksOut(folder: string, parts: readonly string[]): Promise<void> {
  const root = await orUndefined(disk().realpath(folder), folder)
  let at = root
  for (const part of parts) {
    if (root === undefined || at === undefined) return
    const path = join(at, part)
    const found = await orUndefined(disk().lstat(path), path)
    if (found === undefined) return
    if (!found.isSymbolicLink()) {
      at = path
      continue
    }
    at = await orUndefined(disk().realpath(path), path)
    // A link to what does not exist would be followed when the file is made.
    if (at === undefined || !isInside(root, at))
      throw badName('a link leads out of the folder', parts.join('/'))
  }
}

function isInside(root: string, path: string): boolean {
  const way = relative(root, path)
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}

async function orUndefined<T>(asked: Promise<T>, path: string): Promise<T | undefined> {
  try {
    return await asked
  } catch (error) {
    const code: unknown = isError(error) ? Reflect.get(error, 'code') : undefined
    if (code === 'ENOENT') return undefined
    throw localError(error, 'checking', path)
  }
}

function badName(why: string, name: string): NetError {
  return netError('NET_BAD_NAME', { message: `the name "${name}" is not allowed: ${why}` })
}

// Windows reserves these with any extension; the raised digits count as digits there.
const DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[\d\u00b9\u00b2\u00b3])(?:[ .]|$)/i
const CONTROL: RegExp = new RegExp('[\\u0000-\\u001f\\u007f-\\u009f]')

const faults: readonly { readonly why: string; readonly found: (part: string) => boolean }[] = [
  { why: 'a part of it is empty, or it is absolute', found: (part) => part === '' },
  { why: '"." and ".." lead elsewhere', found: (part) => part === '.' || part === '..' },
  { why: 'it has a backslash', found: (part) => part.includes('\\') },
  {
    why: 'it has a colon, which names a drive or a stream on Windows',
    found: (part) => part.includes(':'),
  },
  { why: 'it has a control character', found: (part) => CONTROL.test(part) },
  { why: 'it is not valid Unicode', found: (part) => !part.isWellFormed() },
  { why: 'Windows drops dots and spaces at the end', found: (part) => /[. ]$/.test(part) },
  { why: 'Windows reserves it for a device', found: (part) => DEVICE.test(part) },
  { why: 'a part of it is longer than 255 bytes', found: (part) => Buffer.byteLength(part) > 255 },
]
