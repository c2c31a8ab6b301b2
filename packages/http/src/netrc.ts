/* Users and passwords from the caller's `.netrc`, for the hosts that it names. */

import { readFile, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'

import { netError, option, optionsDoor } from '@net/core/authoring'

import { basic, type HttpAuth } from './auth.ts'
import { parseNetrc, type NetrcLookup } from './netrc-file.ts'
import { hostOf } from './road.ts'

/** Options of `netrc()`. */
export interface NetrcOptions {
  /** Default: what NETRC names, else `.netrc` in the home folder, `_netrc` on Windows. */
  readonly file?: string | undefined
}

/**
 * Basic authentication as `.netrc` has it for the host of the request; none for other hosts. The file is read once, at
 * the first request, and by default may be missing. A redirect to another origin gets nothing of it. Requests reject
 * with `NET_BAD_CONFIG` if it is not valid, `NET_LOCAL_IO` if it cannot be read.
 */
export function netrc(options?: NetrcOptions): HttpAuth {
  const { file: given } = netrcOptions(options)
  const known = new Map<string, HttpAuth | undefined>()
  let reading: Promise<NetrcLookup> | undefined
  return {
    name: 'netrc',
    async authorization(asking) {
      reading ??= read(given)
      const lookup = await reading
      const host = hostOf(asking.url)
      if (!known.has(host)) known.set(host, authFor(lookup, host))
      return known.get(host)?.authorization(asking)
    },
    refused: () => false,
  }
}

function authFor(lookup: NetrcLookup, host: string): HttpAuth | undefined {
  const entry = lookup(host)
  return entry === undefined ? undefined : basic(entry.login, entry.password)
}

async function read(given: string | undefined): Promise<NetrcLookup> {
  const named = given ?? process.env['NETRC']
  const file = named ?? join(homedir(), process.platform === 'win32' ? '_netrc' : '.netrc')
  try {
    const text = await readFile(file, 'utf8')
    await warnIfShared(file)
    return parseNetrc(text)
  } catch (cause) {
    const code: unknown = cause instanceof Error ? Reflect.get(cause, 'code') : undefined
    if (code === 'ENOENT' && named === undefined) return () => undefined
    if (typeof code !== 'string' || code.startsWith('NET_')) throw cause
    throw netError('NET_LOCAL_IO', { message: `the netrc file cannot be read (${code})`, cause })
  }
}

async function warnIfShared(file: string): Promise<void> {
  const { mode } = await stat(file)
  // Windows has no such bits.
  if (process.platform === 'win32' || (mode & OTHERS) === 0) return
  process.emitWarning(`${file} holds passwords and can be read by others: chmod 600`, {
    code: 'NET_NETRC_SHARED',
  })
}

const netrcOptions = optionsDoor<NetrcOptions>(
  { protocol: 'http', call: 'netrc' },
  { file: option.text },
  { path: 'file' },
)
const OTHERS = 0o077
