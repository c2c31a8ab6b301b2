/*
 * Whether a server may set a cookie (RFC 6265 section 5.3 and its successor): for which domain, over which scheme, with
 * which name. It must not know what is kept already.
 */

import { defaultPath, isAddress, LAST_MOMENT, type Cookie } from './cookie.ts'
import type { CookieRules, ReadCookie } from './cookie-rules.ts'

/** The request whose answer sets cookies. */
export interface SettingServer {
  /** In lower case, without a dot at its end. */
  readonly host: string
  readonly path: string
  readonly isSecure: boolean
}

/** A cookie as the server wants it kept, or why it is not. */
export type Setting = Cookie | { readonly refused: string }

/** Judges a line of `Set-Cookie`. `longest` is how many milliseconds a cookie may live. */
export function settingOf(
  line: string,
  from: SettingServer,
  { rules, now, longest }: { rules: CookieRules; now: number; longest: number },
): Setting {
  if (line.length > LONGEST_LINE) return refused('its line is too long')
  if (CONTROL.test(line)) return refused('it contains a control character')
  const read = rules.read(line, now)
  if (read === undefined) return refused('it cannot be read')
  if (read.name.length + read.value.length > LONGEST_PAIR) {
    return refused(`its name and value are longer than ${LONGEST_PAIR} bytes`)
  }
  const wrong = wrongScheme(read, from) ?? wrongPrefix(read)
  if (wrong !== undefined) return refused(wrong)
  const scope = scopeOf(read.domain, from.host, rules)
  if ('refused' in scope) return scope
  const { name, value, secure, httpOnly, sameSite, expires } = read
  const last = Math.min(now + longest, LAST_MOMENT)
  return {
    name,
    value,
    ...scope,
    path: pathOf(read.path, from.path),
    secure,
    httpOnly,
    sameSite,
    expires: expires === undefined ? undefined : Math.min(expires, last),
  }
}

interface Scope {
  readonly domain: string
  readonly hostOnly: boolean
}

/** A host may name itself, even where no cookie may be set for all names that end like it. */
function scopeOf(
  named: string | undefined,
  host: string,
  rules: CookieRules,
): Scope | { readonly refused: string } {
  if (named === undefined || named === '') return { domain: host, hostOnly: true }
  const isShared = !isAddress(host) && named.includes('.') && !rules.isPublic(named)
  if (named === host || `[${named}]` === host) return { domain: host, hostOnly: !isShared }
  if (isAddress(host) || !host.endsWith(`.${named}`)) {
    return refused('its domain is another one than that of the server')
  }
  return isShared ? { domain: named, hostOnly: false } : refused('its domain is a public suffix')
}

function wrongScheme({ secure }: ReadCookie, { isSecure }: SettingServer): string | undefined {
  return secure && !isSecure ? 'it is Secure and came over http' : undefined
}

/** Names that promise how they were set (RFC 6265bis section 4.1.3). */
function wrongPrefix({ name, secure, domain, path }: ReadCookie): string | undefined {
  const lower = name.toLowerCase()
  const isHost = lower.startsWith('__host-')
  if (!isHost && !lower.startsWith('__secure-')) return undefined
  const isRight = secure && (!isHost || (domain === undefined && path === '/'))
  return isRight ? undefined : 'its name promises what its attributes do not say'
}

function pathOf(named: string | undefined, path: string): string {
  return named === undefined || named.length > LONGEST_PATH ? defaultPath(path) : named
}

function refused(why: string): { readonly refused: string } {
  return { refused: why }
}

const CONTROL: RegExp = new RegExp('[\\u0000-\\u001f\\u007f]')
const LONGEST_LINE = 16_384
const LONGEST_PAIR = 4096
const LONGEST_PATH = 1024
