/*
 * tough-cookie, which the caller installs beside this package: how a line of `Set-Cookie` is read, and which domains are
 * public suffixes. It must not know what is kept or sent.
 */

import { netError } from '@net/core/authoring'

import type { CookieRules, ReadCookie } from '../cookies/cookie-rules.ts'

/** Loads it. Rejects with `NET_BAD_OPTION` where it is not installed. */
export async function loadCookieRules(): Promise<CookieRules> {
  const library = await loaded()
  return {
    read: (line, now) => read(library, line, now),
    isPublic: (domain) => library.getPublicSuffix(domain, LENIENT) === undefined,
  }
}

type Library = typeof import('tough-cookie')

async function loaded(): Promise<Library> {
  try {
    return await import('tough-cookie')
  } catch (cause) {
    throw netError('NET_BAD_OPTION', {
      message: 'cookies need the package tough-cookie: npm install tough-cookie',
      cause,
    })
  }
}

function read({ Cookie }: Library, line: string, now: number): ReadCookie | undefined {
  const cookie = Cookie.parse(line)
  if (cookie === undefined) return undefined
  const expires = cookie.expiryTime(new Date(now))
  return {
    name: cookie.key,
    value: cookie.value,
    domain: cookie.domain ?? undefined,
    path: cookie.path ?? undefined,
    secure: cookie.secure,
    httpOnly: cookie.httpOnly,
    sameSite: sameSiteOf(cookie.sameSite),
    expires: expires === undefined || expires === Infinity ? undefined : expires,
  }
}

function sameSiteOf(said: string | undefined): ReadCookie['sameSite'] {
  return said === 'strict' || said === 'lax' || said === 'none' ? said : undefined
}

/** Reserved names such as `test` and `local` are used inside networks. */
const LENIENT = { allowSpecialUseDomain: true, ignoreError: true } as const
