/* What a local folder can do: what its system does with names, found without writing anything. */

import { lstat, realpath } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

import type { RemoteCapabilities } from '@net/core'

import { forbiddenIn, type LocalNames } from './local-names.ts'

/** What the folder can do. */
export async function localCapabilities(
  root: string,
  names: LocalNames,
): Promise<RemoteCapabilities> {
  const ignoresCase = await findsOtherCase(await nearest(root))
  return Object.freeze({
    letterCase: ignoresCase ? 'ignored' : 'kept',
    unicodeForm: process.platform === 'darwin' ? 'ignored' : 'kept',
    forbidden: forbiddenIn(names),
    longestName: 255,
    rename: 'atomic',
    modes: process.platform !== 'win32',
    times: { grain: 1, canSet: true, zone: 'utc' },
    links: true,
    hashes: ['sha256', 'sha1', 'md5', 'sha512'],
    readOffsets: true,
    writeOffsets: 'rest',
    calls: 16,
  } as const)
}

/** The folder, or the one in which it will be made. */
async function nearest(folder: string): Promise<string> {
  try {
    return await realpath(folder)
  } catch (error) {
    const above = dirname(folder)
    if (Reflect.get(error as Error, 'code') !== 'ENOENT' || above === folder) throw error
    return nearest(above)
  }
}

/** Whether the folder is found under its name in other letters; where it has none, what its system usually does. */
async function findsOtherCase(folder: string): Promise<boolean> {
  const name = basename(folder)
  const other = name === name.toLowerCase() ? name.toUpperCase() : name.toLowerCase()
  if (other === name) return process.platform !== 'linux'
  const [own, found] = await Promise.all([
    lstat(folder),
    lstat(join(dirname(folder), other)).catch(() => undefined),
  ])
  return found !== undefined && found.ino === own.ino && found.dev === own.dev
}
