/*
 * Files of cookies in the format of Netscape: seven fields to a line, with tabs between them. curl, wget, yt-dlp and
 * Python's `MozillaCookieJar` read and write it.
 */

import { disk, isError, netError } from '@net/core/authoring'

import { cookieHost, isPair, type Cookie } from './cookie.ts'

/** Reads a file. Rejects with `NET_LOCAL_IO`, and with `NET_BAD_CONFIG` for a line that is not valid. */
export async function readCookieFile(file: string): Promise<readonly Cookie[]> {
  return parseCookieFile(await onDisk(file, () => disk().readFile(file, 'utf8')))
}

/** Writes a file beside the old one, and puts it in its place. Rejects with `NET_LOCAL_IO`. */
export async function writeCookieFile(file: string, cookies: readonly Cookie[]): Promise<void> {
  const part = `${file}.${crypto.randomUUID()}.part`
  await onDisk(file, async () => {
    try {
      await disk().writeFile(part, writtenCookies(cookies), { mode: 0o600, flag: 'wx' })
      await disk().rename(part, file)
    } catch (error) {
      await disk().rm(part, { force: true })
      throw error
    }
  })
}

/** The cookies of such a text. Throws `NET_BAD_CONFIG` for a line that is not valid. */
export function parseCookieFile(text: string): readonly Cookie[] {
  return text.split(/\r?\n/).flatMap((line, at) => {
    const isHttpOnly = line.startsWith(HTTP_ONLY)
    if (line.trim() === '' || (line.startsWith('#') && !isHttpOnly)) return []
    const cookie = cookieIn(isHttpOnly ? line.slice(HTTP_ONLY.length) : line, isHttpOnly)
    if (cookie !== undefined) return [cookie]
    const message = `line ${at + 1} of the cookie file is not valid: it has no seven fields with tabs between them`
    throw netError('NET_BAD_CONFIG', { message })
  })
}

/** The cookies as such a text. */
export function writtenCookies(cookies: readonly Cookie[]): string {
  const lines = cookies.map(({ domain, hostOnly, path, secure, httpOnly, expires, name, value }) =>
    [
      `${httpOnly ? HTTP_ONLY : ''}${hostOnly ? '' : '.'}${domain}`,
      word(!hostOnly),
      path,
      word(secure),
      String(expires === undefined ? 0 : Math.floor(expires / 1000)),
      name,
      value,
    ].join('\t'),
  )
  return ['# Netscape HTTP Cookie File', '', ...lines, ''].join('\n')
}

function cookieIn(line: string, httpOnly: boolean): Cookie | undefined {
  const [domain = '', below, path = '', secure, end = '', name = '', value = ''] = line.split('\t')
  const plain = cookieHost(domain.replace(/^\./, ''))
  const isValid = plain !== '' && path.startsWith('/') && END.test(end)
  if (!isValid || !isPair(name, value)) return undefined
  return {
    name,
    value,
    domain: plain,
    hostOnly: below !== 'TRUE',
    path,
    secure: secure === 'TRUE',
    httpOnly,
    sameSite: undefined,
    expires: Number(end) === 0 ? undefined : Number(end) * 1000,
  }
}

async function onDisk<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    const code: unknown = isError(cause) ? Reflect.get(cause, 'code') : undefined
    const message = `the cookie file ${file} cannot be read or written (${String(code)})`
    throw netError('NET_LOCAL_IO', { message, cause })
  }
}

function word(is: boolean): string {
  return is ? 'TRUE' : 'FALSE'
}

const HTTP_ONLY = '#HttpOnly_'
/** Python leaves it empty for cookies that end with the program, curl writes 0; some write fractions of a second. */
const END = /^\d{0,15}(?:\.\d{1,9})?$/
