/* The caller's `.netrc`: users and passwords of hosts, for every protocol that logs in. */

import { join } from 'node:path'

import { isError } from '../errors/is-error.ts'
import { netError } from '../errors/net-error.ts'
import { disk } from './disk.ts'
import { parseNetrc, type NetrcLookup } from './netrc-text.ts'

/**
 * Reads it: the file that is named, else what NETRC names, else `.netrc` in the home folder, `_netrc` on Windows; only that one
 * may be missing. Rejects with `NET_BAD_CONFIG` if it is not valid, `NET_LOCAL_IO` if it cannot be read.
 */
export async function readNetrcFile(given?: string): Promise<NetrcLookup> {
  const named = given ?? process.env['NETRC']
  const { homedir } = process.getBuiltinModule('node:os')
  const file = named ?? join(homedir(), process.platform === 'win32' ? '_netrc' : '.netrc')
  try {
    const text = await disk().readFile(file, 'utf8')
    await warnIfShared(file)
    return parseNetrc(text)
  } catch (cause) {
    const code: unknown = isError(cause) ? Reflect.get(cause, 'code') : undefined
    if (code === 'ENOENT' && named === undefined) return () => undefined
    if (typeof code !== 'string' || code.startsWith('NET_')) throw cause
    throw netError('NET_LOCAL_IO', { message: `the netrc file cannot be read (${code})`, cause })
  }
}

async function warnIfShared(file: string): Promise<void> {
  const { mode } = await disk().stat(file)
  // Windows has no such bits.
  if (process.platform === 'win32' || (mode & OTHERS) === 0) return
  process.emitWarning(`${file} holds passwords and can be read by others: chmod 600`, {
    code: 'NET_NETRC_SHARED',
  })
}

const OTHERS = 0o077
